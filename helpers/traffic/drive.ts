import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { record } from '../core/record/record.ts'
import type { RunFolder } from '../core/record/run-folder.ts'
import type { BuyersFigures, PhaseFigures, TrafficPhase } from '../core/record/traffic.ts'
import { figuresShape, trafficLog } from '../core/record/traffic.ts'
import { applicationDir, startApplication } from './application.ts'
import { startChild } from './child.ts'
import type { GeneratorConfig } from './generator.ts'
import { purchaseLog } from './journal.ts'
import { describePhase } from './phases.ts'
import { reasonWithoutTraffic, type TrafficScope } from './scope.ts'

interface TrafficRun extends TrafficScope {
  readonly run: RunFolder
}

const timeoutSeconds = 10
/** ms in which connections open and code compiles: nobody's figures should hold that. */
const warmUpMs = 1000
/** ms of a phase without other work: at the default rate 120 requests, enough for a p99; 60 where a rehearsal is to be quick. */
const calmMsOf = ({ context }: TrafficScope): number => (context.settings.SCALE === 'small' ? 3000 : 6000)

/** The process ids of the application and its buyers, for whoever looks at a run from outside. */
export const processesRecord = record(
  'traffic-processes.json',
  z.object({ application: z.number(), buyers: z.number() }),
)

const startTraffic = async ({ context, migration, run }: TrafficRun) => {
  await using resources = new AsyncDisposableStack()
  const folder = applicationDir(migration)
  const { address, token } = context.target
  const application = resources.use(await startApplication(folder, { address, token: token ?? '' }))
  const config: GeneratorConfig = {
    url: application.url,
    buyers: join(folder, 'buyers.ts'),
    rate: context.settings.TRAFFIC_RATE,
    journal: run.path(purchaseLog.name),
    label: randomUUID().slice(0, 8),
    timeoutSeconds,
  }
  const buyers = resources.use(startChild(join(import.meta.dirname, 'generator.ts'), config))
  processesRecord.write(run, { application: application.process.pid, buyers: buyers.pid })
  await buyers.next(z.object({ sending: z.number() }))
  const figuresAfter = async (order: 'mark' | 'end'): Promise<BuyersFigures> => {
    buyers.say(order)
    return buyers.next(figuresShape)
  }
  const kept = resources.move()
  return {
    /** Puts on record what the buyers saw since the last phase; `end` lets what is on its way come to its end. */
    record: async (phase: TrafficPhase, order: 'mark' | 'end') => {
      const figures = await figuresAfter(order)
      const end = application.process.end()
      const line: PhaseFigures = {
        phase,
        wantedRate: config.rate,
        ...figures,
        ...(end === undefined ? {} : { applicationEnded: end }),
      }
      trafficLog.append(run, line)
      console.log(`   traffic ${phase}: ${describePhase(line)}`)
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
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
  await using traffic = await startTraffic(trafficRun)
  await sleep(warmUpMs)
  await traffic.record('warm-up', 'mark')
  if (options.calmFirst === true) {
    await sleep(calmMsOf(trafficRun))
    await traffic.record('before', 'mark')
  }
  try {
    const result = await work()
    await traffic.record(phase, 'end')
    return result
  } catch (error) {
    // The first error is the one to show.
    await traffic.record(phase, 'end').catch(() => undefined)
    throw error
  }
}

/** A phase in which nothing but the buyers is at work. */
export const calm = (scope: TrafficScope): Promise<void> => sleep(calmMsOf(scope))
