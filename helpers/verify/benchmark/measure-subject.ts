import { explain } from '../../core/query-plan/explain.ts'
import type { View } from '../../core/schema/model.ts'
import type { ReadSession } from '../../core/server/session.ts'
import type { Random } from '../../migrate/data/random.ts'
import { compareQuery } from './compare-query.ts'
import { pairEffort, readsTooMuch } from './effort.ts'
import type { Measured, Terms } from './judge.ts'
import { type Effort, measure, measureWithin } from './measure.ts'
import type { BeforeRecord } from './record.ts'
import { type Subject, withoutView } from './subjects.ts'
import { turnedSlower } from './turned.ts'

interface MeasureOptions extends Terms {
  readonly before: BeforeRecord | undefined
  /** The views as they are now. */
  readonly views: readonly View[]
  readonly effort: Effort
  /** What one check may read on a server of the user's own. */
  readonly budgetRows: number
  readonly random: Random
}

/** Measures all that a verdict on this statement needs. Returns why not where it would read more than the budget. */
export const measureSubject = async (
  session: ReadSession,
  subject: Subject,
  options: MeasureOptions,
): Promise<Measured | { readonly tooMuch: string }> => {
  const { limitMs } = subject
  const { before, effort, tolerance, isThrowAway, newIndexes, random } = options
  const bound = before?.bound ?? (await subject.bind(session))
  const unfolded = withoutView(
    bound,
    options.views.find(({ name }) => name === subject.id),
  )
  const plan = await explain(session, unfolded.sql, unfolded.values)
  const tooMuch = isThrowAway ? undefined : readsTooMuch(plan, effort.atLeast, options.budgetRows)
  if (tooMuch !== undefined) return { tooMuch }
  const after =
    limitMs === undefined
      ? await measure(session, bound, effort)
      : await measureWithin(session, bound, effort, limitMs)
  // What is for a throw-away server: it would run the slow side on a server that has other work.
  const compared = isThrowAway
    ? await compareQuery(session, unfolded, newIndexes, { effort: pairEffort(effort), tolerance, random })
    : {}
  const turned =
    before === undefined || compared.comparison !== undefined
      ? undefined
      : await turnedSlower(session, before, {
          ...{ bound, after, effort, tolerance },
          plan: unfolded === bound ? plan : await explain(session, bound.sql, bound.values),
        })
  const roundTrip =
    limitMs !== undefined && after.p95 >= limitMs
      ? await measure(session, { sql: 'SELECT 1', values: [] }, { ...effort, atLeast: 20, budgetMs: 200 })
      : undefined
  return { bound, before, after, plan, compared, turned, roundTrip }
}
