import { explain } from '../helpers/core/query-plan/explain.ts'
import { planShapeOf } from '../helpers/core/query-plan/plan.ts'
import { compactPlan, renderPlan } from '../helpers/core/query-plan/tree.ts'
import { once } from '../helpers/core/record/memo.ts'
import { readSnapshot } from '../helpers/core/schema/read-snapshot.ts'
import { positionRecord } from '../helpers/migrate/lock/position.ts'
import { forEach, section } from '../helpers/run/section.ts'
import { measure } from '../helpers/verify/benchmark/measure.ts'
import { benchmarkBeforeLog } from '../helpers/verify/benchmark/record.ts'
import { readsTooMuch, sampleBudgetOf } from '../helpers/verify/benchmark/sample-budget.ts'
import { subjectsOf, withoutView } from '../helpers/verify/benchmark/subjects.ts'
import { guideQueriesOf } from '../helpers/verify/queries/queries.ts'
import { recordServerStats } from '../helpers/verify/server-stats/record.ts'
import { totalOf } from '../helpers/verify/server-stats/storage.ts'

const { check, context, read, run, lock, migration } = section('benchmark-before', {
  needs: ['preflight'],
  modes: ['rehearse', 'check', 'apply'],
})
const { CHECK_BUDGET_ROWS } = context.settings
const isThrowAway = context.target.token !== null
const queries = guideQueriesOf(migration, lock)
const subjects = subjectsOf(queries, lock.baseline.views, context.settings)
const sampleBudget = sampleBudgetOf(context, subjects.length)

const views = once(async () => (await read(readSnapshot)).views)

const isBefore = () => (positionRecord.find(run)?.side ?? 'before') === 'before'
const notBefore = 'the migration is applied already; 10-benchmark-after measures it'

forEach('before', subjects, (subject) => {
  check(subject.id, `how long it takes before: ${subject.title}`, async ({ show, skip }) => {
    if (!isBefore()) return skip(notBefore)
    await read(async (session) => {
      const bound = await subject.bind(session)
      const plan = await explain(session, bound.sql, bound.values)
      const tooMuch = isThrowAway ? undefined : readsTooMuch(plan, sampleBudget.atLeast, CHECK_BUDGET_ROWS)
      if (tooMuch !== undefined) return skip(tooMuch, 'OVER_BUDGET')
      const times = await measure(session, bound, sampleBudget)
      const view = (await views()).find(({ name }) => name === subject.id)
      const { sql, values } = withoutView(bound, view)
      benchmarkBeforeLog.append(run, {
        ...{ id: subject.id, times, plan: compactPlan(plan), planShape: planShapeOf(plan) },
        ...(view === undefined ? {} : { pairShape: planShapeOf(await explain(session, sql, values)) }),
        ...(isThrowAway ? { bound } : {}),
      })
      show({ sql: bound.sql, times, plan: renderPlan(plan).split('\n') })
    })
  })
})

if (subjects.length === 0) {
  check('queries', 'the queries that are benchmarked', async ({ skip }) =>
    skip(`no query of ${migration.place}/queries.sql has a line benchmark`),
  )
}

check('observed', 'what the server saw before is put on record', async ({ show, skip }) => {
  if (!isBefore()) return skip(notBefore)
  const { at, storage } = await read((session) => recordServerStats(session, run, 'before'))
  show({ at, storage: totalOf(storage) })
})
