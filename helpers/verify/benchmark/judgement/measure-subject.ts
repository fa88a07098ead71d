import { explain } from '../../../core/query-plan/explain.ts'
import { planShapeOf, type QueryPlan } from '../../../core/query-plan/plan.ts'
import type { View } from '../../../core/schema/model.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import type { Random } from '../../../migrate/data/random.ts'
import type { BoundQuery } from '../../queries/queries.ts'
import { compareQuery } from '../compare-query.ts'
import { bestOf, measure, measureWithin, type SampleBudget } from '../measure.ts'
import type { Times } from '../percentiles.ts'
import type { BeforeRecord } from '../record.ts'
import { pairSampleBudget, readsTooMuch } from '../sample-budget.ts'
import { type Subject, withoutView } from '../subjects.ts'
import { isSlowerThanBefore, type Tolerance } from '../verdict.ts'
import type { Measured, Terms } from './judge.ts'

interface Now {
  readonly bound: BoundQuery
  /** The plan of `bound` as it stands. */
  readonly plan: QueryPlan
  readonly after: Times
  readonly sampleBudget: SampleBudget
  readonly tolerance: Tolerance
}

/**
 * For a query without pairs: the plan and the times of now, when the server took another plan since the migration began
 * and the query got slower by it. Undefined when it did not. By the same plan the same work is done, and what differs
 * is the machine.
 */
const turnedSlower = async (
  session: ReadSession,
  before: BeforeRecord,
  { bound, plan, after, sampleBudget, tolerance }: Now,
): Promise<{ readonly plan: QueryPlan; readonly times: Times } | undefined> => {
  if (planShapeOf(plan) === before.planShape) return undefined
  const isTooSlow = (times: Times) => isSlowerThanBefore(before.times, times, tolerance)
  const times = await bestOf('p50', isTooSlow, after, () => measure(session, bound, sampleBudget))
  return isTooSlow(times) ? { plan, times } : undefined
}

interface SubjectOptions extends Terms {
  readonly before: BeforeRecord | undefined
  /** The views as they are now. */
  readonly views: readonly View[]
  readonly sampleBudget: SampleBudget
  /** What one check may read on a server of the user's own. */
  readonly budgetRows: number
  readonly random: Random
}

/** Measures all that a verdict on this statement needs. Returns why not where it would read more than the budget. */
export const measureSubject = async (
  session: ReadSession,
  subject: Subject,
  options: SubjectOptions,
): Promise<Measured | { readonly tooMuch: string }> => {
  const { limitMs } = subject
  const { before, sampleBudget, tolerance, isThrowAway, newIndexes, random } = options
  const bound = before?.bound ?? (await subject.bind(session))
  const unfolded = withoutView(
    bound,
    options.views.find(({ name }) => name === subject.id),
  )
  const plan = await explain(session, unfolded.sql, unfolded.values)
  const tooMuch = isThrowAway ? undefined : readsTooMuch(plan, sampleBudget.atLeast, options.budgetRows)
  if (tooMuch !== undefined) return { tooMuch }
  const after =
    limitMs === undefined
      ? await measure(session, bound, sampleBudget)
      : await measureWithin(session, bound, sampleBudget, limitMs)
  // What is for a throw-away server: it would run the slow side on a server that has other work.
  const compared = isThrowAway
    ? await compareQuery(session, unfolded, newIndexes, {
        sampleBudget: pairSampleBudget(sampleBudget),
        tolerance,
        random,
        shapeBefore: before?.pairShape ?? before?.planShape,
      })
    : {}
  const turned =
    before === undefined || compared.comparison !== undefined
      ? undefined
      : await turnedSlower(session, before, {
          ...{ bound, after, sampleBudget, tolerance },
          plan: unfolded === bound ? plan : await explain(session, bound.sql, bound.values),
        })
  const roundTrip =
    limitMs !== undefined && after.p95 >= limitMs
      ? await measure(
          session,
          { sql: 'SELECT 1', values: [] },
          { ...sampleBudget, atLeast: 20, budgetMs: 200 },
        )
      : undefined
  return { bound, before, after, plan, compared, turned, roundTrip }
}
