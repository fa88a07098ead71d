import { z } from 'zod'
import type { RunFolder } from '../../core/record/run-folder.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { readSlowQueries, slowQueriesShape } from './slow-queries.ts'
import { readSeenStatements, statementsShape } from './statements.ts'
import { readStorage, storageShape } from './storage.ts'

const unavailable = z.object({ reason: z.string() })

const observedShape = z.object({
  /** By the server's clock. */
  at: z.string(),
  statements: z.union([z.object({ found: statementsShape }), unavailable]),
  slowQueries: z.union([z.object({ found: slowQueriesShape }), unavailable]),
  storage: z.array(storageShape),
})

/** What a server had seen at one moment. */
export type Observed = z.infer<typeof observedShape>
type Side = 'before' | 'after'

const file = (side: Side) => `observed-${side}.json`
const clockShape = z.object({ at: z.string(), anHourAgo: z.string() })

/** What was recorded on one side of the migration; undefined when it was not. */
export const findObserved = (run: RunFolder, side: Side): Observed | undefined =>
  run.has(file(side)) ? run.read(file(side), observedShape, side) : undefined

/** Reads what the server has seen, and puts it on record. The slow log: of the hour before, or since the record of before. */
export const recordObserved = async (session: ReadSession, run: RunFolder, side: Side): Promise<Observed> => {
  const { at, anHourAgo } = await session.row(
    clockShape,
    'SELECT NOW() AS at, NOW() - INTERVAL 1 HOUR AS anHourAgo',
  )
  const since = side === 'before' ? anHourAgo : (findObserved(run, 'before')?.at ?? anHourAgo)
  const observed: Observed = {
    at,
    statements: await readSeenStatements(session),
    slowQueries: await readSlowQueries(session, since),
    storage: await readStorage(session),
  }
  run.write(file(side), observed)
  return observed
}
