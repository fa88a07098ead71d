import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { record } from '../core/record/record.ts'
import type { RunFolder } from '../core/record/run-folder.ts'
import type { BuyersFigures } from '../core/record/traffic.ts'
import { figuresShape } from '../core/record/traffic.ts'
import { applicationDir, startApplication } from './application.ts'
import { startChild } from './child.ts'
import type { GeneratorConfig, Order } from './generator.ts'
import { purchaseLog } from './journal.ts'
import type { TrafficScope } from './scope.ts'

export interface TrafficRun extends TrafficScope {
  readonly run: RunFolder
}

/** An application and its buyers, who wait until they are told to ask it. */
export interface LiveTraffic extends AsyncDisposable {
  readonly runDir: string
  readonly url: string
  readonly rate: number
  /** Whether the buyers have not asked yet. */
  isFresh(): boolean
  /** Whether there are buyers; what became of the application, they see. */
  hasBuyers(): boolean
  /** How the application ended, in words; undefined while it runs. */
  applicationEnd(): string | undefined
  /** The buyers begin to ask. */
  start(): Promise<void>
  /** What the buyers saw since the last mark; after `end` they ask no more until the next start. */
  figures(order: 'mark' | 'end'): Promise<BuyersFigures>
}

/** The process ids of the application and its buyers, for whoever looks at a run from outside. */
export const processesRecord = record(
  'traffic-processes.json',
  z.object({ application: z.number(), buyers: z.number() }),
)

const timeoutSeconds = 10

const startTraffic = async ({ context, migration, run }: TrafficRun): Promise<LiveTraffic> => {
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
  const ask = <T>(order: Order, answer: z.ZodType<T>): Promise<T> => {
    buyers.say(order)
    return buyers.next(answer)
  }
  const kept = resources.move()
  let isFresh = true
  return {
    runDir: run.dir,
    url: application.url,
    rate: config.rate,
    isFresh: () => isFresh,
    hasBuyers: () => buyers.end() === undefined,
    applicationEnd: () => application.process.end(),
    start: async () => {
      await ask('start', z.object({ sending: z.number() }))
      isFresh = false
    },
    figures: (order) => ask(order, figuresShape),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

declare global {
  var keptTraffic: LiveTraffic | undefined
}

/**
 * The application of this run and its buyers, started at the first call: an application lives through a migration, with
 * the connections and the prepared statements that it had before. One that has ended is not started again, so that the
 * buyers of the next phase are turned away. Both end with this process. Throws CHILD_ENDED when it does not come up.
 */
export const liveTraffic = async (trafficRun: TrafficRun): Promise<LiveTraffic> => {
  // Sections have modules of their own, so it cannot live in one.
  const kept = globalThis.keptTraffic
  if (kept?.runDir === trafficRun.run.dir && kept.hasBuyers()) return kept
  globalThis.keptTraffic = undefined
  await kept?.[Symbol.asyncDispose]()
  const traffic = await startTraffic(trafficRun)
  globalThis.keptTraffic = traffic
  return traffic
}
