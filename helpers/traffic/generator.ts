// The buyers, as a process of their own: the harness waits for DDL in its event loop, and what it measured there would
// be its own waiting. It takes its orders from the harness line by line, and ends with it.
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { messageOf } from '../core/errors/harness-error.ts'
import { type Client, type ClientOptions, everyMs, startClient } from './client.ts'
import { FigureKeeper } from './figures.ts'
import { note } from './journal.ts'
import { openParent } from './parent.ts'
import { type Buyers, createMix } from './requests.ts'

const configShape = z.object({
  url: z.string(),
  /** The module that exports `openBuyers`. */
  buyers: z.string(),
  rate: z.number(),
  journal: z.string(),
  /** Stands in each purchase's code, so that no two phases ever use the same. */
  label: z.string(),
  timeoutSeconds: z.number(),
})
export type GeneratorConfig = z.infer<typeof configShape>

/** `mark` gives the figures since the last mark; `end` gives them when all that is on its way has come to an end. */
const orderShape = z.enum(['mark', 'end'])

const acknowledgementShape = z.object({ purchase: z.string() })

interface BuyersModule {
  openBuyers(url: string, label: string): Promise<Buyers>
}

const isBuyersModule = (module: unknown): module is BuyersModule =>
  typeof module === 'object' &&
  module !== null &&
  'openBuyers' in module &&
  typeof module.openBuyers === 'function'

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const run = async (): Promise<void> => {
  const parent = openParent()
  const config = configShape.parse(await parent.next())
  const module: unknown = await import(pathToFileURL(config.buyers).href)
  if (!isBuyersModule(module)) throw new Error('the module of the buyers exports no function "openBuyers"')
  const buyers = await module.openBuyers(config.url, config.label)
  const mix = createMix(buyers.kinds)
  let keeper = new FigureKeeper(performance.now(), everyMs)

  const next = () => {
    const ask = mix()
    if (ask.purchase !== undefined) note(config.journal, { purchase: ask.purchase, state: 'sent' })
    return ask
  }
  const answered: ClientOptions['answered'] = ({ name, purchase }, body, now, ms) => {
    const answer = parseJson(body)
    if (answer === undefined) return 'the answer is no JSON'
    if (purchase !== undefined) {
      // An application may well say that it failed with a 200. Its word counts only when it names what it made.
      if (acknowledgementShape.safeParse(answer).data?.purchase !== purchase)
        return 'the answer does not name its purchase'
      note(config.journal, { purchase, state: 'acknowledged' })
      buyers.acknowledged(purchase)
    }
    keeper.answered(name, now, ms)
    return undefined
  }
  const failed: ClientOptions['failed'] = ({ name, purchase }, problem) => {
    keeper.failed(name, problem)
    if (purchase !== undefined) note(config.journal, { purchase, state: 'failed', reason: problem })
  }

  const clients: Client[] = []
  for (let client = 0; client < config.rate; client++) {
    clients.push(startClient({ ...config, next, answered, failed }))
    // Spread over the second, so that the requests of all clients come evenly.
    await sleep(everyMs / config.rate)
  }
  parent.say({ sending: config.rate })
  for (;;) {
    const order = orderShape.parse(await parent.next())
    if (order === 'end') await Promise.all(clients.map((client) => client.drain()))
    const now = performance.now()
    parent.say(keeper.figures(now))
    keeper = new FigureKeeper(now, everyMs)
    // After the figures: nobody waits for an answer while the clients close.
    if (order === 'end') await Promise.all(clients.map((client) => client.close()))
  }
}

run().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1)
})
