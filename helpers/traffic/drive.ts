import { setTimeout as sleep } from 'node:timers/promises'
import type { PhaseFigures, TrafficPhase } from '../core/record/traffic.ts'
import { trafficLog } from '../core/record/traffic.ts'
import { type LiveTraffic, liveTraffic, type TrafficRun } from './live.ts'
import { describePhase } from './phases.ts'
import { reasonWithoutTraffic, type TrafficScope } from './scope.ts'

/** ms in which connections open and code compiles: nobody's figures should hold that. */
const warmUpMs = { ofNew: 1000, again: 250 }
/** ms of a phase without other work: at the default rate 120 requests, enough for a p99; 60 where a rehearsal is to be quick. */
const calmMsOf = ({ context }: TrafficScope): number => (context.settings.SCALE === 'small' ? 3000 : 6000)

/** Puts on record what the buyers saw since the last mark; `end` lets what is on its way come to its end. */
const recordPhase = async (
  { run, context }: TrafficRun,
  traffic: LiveTraffic,
  phase: TrafficPhase,
  order: 'mark' | 'end',
): Promise<void> => {
  const figures = await traffic.figures(order)
  const end = traffic.applicationEnd()
  const line: PhaseFigures = {
    phase,
    wantedRate: traffic.rate,
    ...figures,
    ...(end === undefined ? {} : { applicationEnded: end }),
  }
  trafficLog.append(run, line)
  const isGood = line.errors === 0 && end === undefined
  // The closing table has the figures of every phase.
  if (!isGood || context.settings.VERBOSE === '1') console.log(`   traffic ${phase}: ${describePhase(line)}`)
}

/**
 * Runs some work while an application answers buyers on the same database, and puts on record what they saw as
 * `phase`. What they saw is judged in 09-application, not here: a red application must not leave a migration
 * half-way. Where there is no traffic, the work alone. Throws CHILD_ENDED when the application does not come up.
 */
export const underTraffic = async <T>(
  trafficRun: TrafficRun,
  phase: TrafficPhase,
  work: () => Promise<T>,
  options: { calmFirst?: boolean } = {},
): Promise<T> => {
  if (reasonWithoutTraffic(trafficRun) !== undefined) return work()
  const traffic = await liveTraffic(trafficRun)
  const put = (part: TrafficPhase, order: 'mark' | 'end') => recordPhase(trafficRun, traffic, part, order)
  const warmUp = traffic.isFresh() ? warmUpMs.ofNew : warmUpMs.again
  await traffic.start()
  await sleep(warmUp)
  await put('warm-up', 'mark')
  if (options.calmFirst === true) {
    await sleep(calmMsOf(trafficRun))
    await put('before', 'mark')
  }
  try {
    const result = await work()
    await put(phase, 'end')
    return result
  } catch (error) {
    // The first error is the one to show.
    await put(phase, 'end').catch(() => undefined)
    throw error
  }
}

/** A phase in which nothing but the buyers is at work. */
export const calm = (scope: TrafficScope): Promise<void> => sleep(calmMsOf(scope))
