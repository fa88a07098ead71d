import type { BuyersFigures } from '../core/record/traffic.ts'
import { startArrivals } from './arrivals.ts'
import { openClient } from './client.ts'
import { FigureKeeper } from './figures.ts'
import { notePurchase } from './journal.ts'
import { problemOf } from './reply.ts'
import { type Buyers, createMix } from './requests.ts'

export interface SendingOptions {
  readonly url: string
  /** Requests a second. */
  readonly rate: number
  /** How long an answer may take. */
  readonly timeoutSeconds: number
  /** The file that tells of each purchase before it is sent, and what became of it. */
  readonly journal: string
}

/** Buyers at work. */
export interface Sending {
  /** What they saw since the last mark. A request that is on its way counts when it comes to its end. */
  mark(): BuyersFigures
  /** Lets what is on its way come to its end, sends no more, and gives the figures since the last mark. */
  end(): Promise<BuyersFigures>
}

/**
 * So many seconds of buyers wait at once. An application that cannot keep up is not buried under more: the rate and the
 * latencies show it, and it still answers.
 */
const waitingSeconds = 2

/**
 * Sends the requests of these buyers at the wanted rate, each when it is due, however long others wait; only when there
 * are too many of those, it is late. Latencies count from when a request was due, so lateness is in them. The time
 * limit of an answer counts from when its request was sent.
 */
export const startSending = (options: SendingOptions, buyers: Buyers): Sending => {
  const { url, rate, timeoutSeconds, journal } = options
  const mix = createMix(buyers.kinds)
  const send = openClient(url, timeoutSeconds)
  let keeper = new FigureKeeper(performance.now())

  const serve = async (due: number): Promise<void> => {
    const ask = mix()
    const { name, purchase } = ask
    if (purchase !== undefined) notePurchase(journal, { purchase, state: 'sent' })
    const problem = problemOf(ask, await send(ask))
    const now = performance.now()
    if (problem !== undefined) {
      keeper.failed(name, problem)
      if (purchase !== undefined) notePurchase(journal, { purchase, state: 'failed', reason: problem })
      return
    }
    keeper.answered(name, now, now - due)
    if (purchase === undefined) return
    notePurchase(journal, { purchase, state: 'acknowledged' })
    buyers.acknowledged(purchase)
  }

  const arrivals = startArrivals({ perSecond: rate, atOnce: waitingSeconds * rate, serve })
  const mark = () => {
    const now = performance.now()
    const figures = keeper.figures(now)
    keeper = new FigureKeeper(now)
    return figures
  }
  return {
    mark,
    end: async () => {
      await arrivals.end()
      return mark()
    },
  }
}
