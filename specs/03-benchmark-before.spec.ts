import { effortOf, readsTooMuch } from '../helpers/benchmark/effort.ts'
import { measure } from '../helpers/benchmark/measure.ts'
import { recordBenchmarkBefore } from '../helpers/benchmark/record.ts'
import { subjectsOf } from '../helpers/benchmark/subjects.ts'
import { toGuideQuery } from '../helpers/guide/queries.ts'
import { readStatements } from '../helpers/migration/migration.ts'
import { findStanding } from '../helpers/migration/side.ts'
import { recordObserved } from '../helpers/observed/record.ts'
import { totalOf } from '../helpers/observed/storage.ts'
import { explain } from '../helpers/query-plan/explain.ts'
import { shapeOf } from '../helpers/query-plan/plan.ts'
import { compactPlan, renderPlan } from '../helpers/query-plan/tree.ts'
import { forEach, section } from '../helpers/run/section.ts'

const { check, context, read, run, lock, migration } = section('benchmark-before', {
  needs: ['preflight'],
  modes: ['rehearse', 'check', 'apply'],
})
const { CHECK_BUDGET_ROWS } = context.settings
const isThrowAway = context.target.token !== null
const queries = readStatements(migration, 'queries').map(toGuideQuery)
const subjects = subjectsOf(queries, lock.baseline.views, context.settings)
const effort = effortOf(context, subjects.length)

const isBefore = () => (findStanding(run)?.side ?? 'before') === 'before'
const notBefore = 'the migration is applied already; 10-benchmark-after measures it'

forEach('before', subjects, (subject) => {
  check(subject.id, `how long it takes before: ${subject.title}`, async ({ show, skip }) => {
    if (!isBefore()) return skip(notBefore)
    await read(async (session) => {
      const bound = await subject.bind(session)
      const plan = await explain(session, bound.sql, bound.values)
      const tooMuch = isThrowAway ? undefined : readsTooMuch(plan, effort.atLeast, CHECK_BUDGET_ROWS)
      if (tooMuch !== undefined) return skip(tooMuch)
      const times = await measure(session, bound, effort)
      recordBenchmarkBefore(run, {
        ...{ id: subject.id, times, plan: compactPlan(plan), planShape: shapeOf(plan) },
        ...(isThrowAway ? { bound } : {}),
      })
      show({ sql: bound.sql, times, plan: renderPlan(plan).split('\n') })
    })
  })
})

if (subjects.length === 0) {
  check('queries', 'the queries that are benchmarked', async ({ skip }) =>
    skip(`no query of sql/${migration.name}/queries.sql has a line benchmark`),
  )
}

check('observed', 'what the server saw before is put on record', async ({ show, skip }) => {
  if (!isBefore()) return skip(notBefore)
  const { at, storage } = await read((session) => recordObserved(session, run, 'before'))
  show({ at, storage: totalOf(storage) })
})
