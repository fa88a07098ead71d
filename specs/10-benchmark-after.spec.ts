import { afterAll } from 'vitest'
import { beforeRecord } from '../helpers/core/record/before.ts'
import { once } from '../helpers/core/record/memo.ts'
import { findTable } from '../helpers/core/schema/model.ts'
import { readSnapshot } from '../helpers/core/schema/read-snapshot.ts'
import { createRandom } from '../helpers/migrate/data/random.ts'
import { forEach, section } from '../helpers/run/section.ts'
import { claimsOf } from '../helpers/verify/benchmark/claims.ts'
import { judgeSubject, type Terms } from '../helpers/verify/benchmark/judgement/judge.ts'
import { measureSubject } from '../helpers/verify/benchmark/judgement/measure-subject.ts'
import { benchmarkLog, findBenchmarkBefore, writesLog } from '../helpers/verify/benchmark/record.ts'
import { sampleBudgetOf } from '../helpers/verify/benchmark/sample-budget.ts'
import { openScratchDatabase } from '../helpers/verify/benchmark/scratch-database.ts'
import { subjectsOf } from '../helpers/verify/benchmark/subjects.ts'
import { assertWritesKeepUp, measureWrites } from '../helpers/verify/benchmark/writes.ts'
import { guideQueriesOf } from '../helpers/verify/queries/queries.ts'
import { recordServerStats } from '../helpers/verify/server-stats/record.ts'
import { totalOf } from '../helpers/verify/server-stats/storage.ts'

const { check, context, read, run, lock, migration } = section('benchmark', {
  needs: ['constraints'],
  modes: ['rehearse', 'check', 'apply'],
})
const { settings, target } = context
const budgetRows = settings.CHECK_BUDGET_ROWS
const queries = guideQueriesOf(migration, lock)
const subjects = subjectsOf(queries, lock.baseline.views, settings)
const sampleBudget = sampleBudgetOf(context, subjects.length)
const terms: Terms = {
  tolerance: { percent: settings.BENCHMARK_SLOWER_PERCENT, ms: settings.BENCHMARK_SLOWER_MS },
  isThrowAway: target.token !== null,
  newIndexes: lock.adds.indexes,
}
const snapshot = once(() => read(readSnapshot))
const random = createRandom(settings.SEED, 'benchmark')

forEach('after', subjects, (subject) => {
  const { id, title } = subject
  check(
    id,
    `how long it takes now: ${title}`,
    async ({ show, claim, skip }) => {
      const { views } = await snapshot()
      const before = findBenchmarkBefore(run, id)
      const measured = await read((session) =>
        measureSubject(session, subject, { ...terms, before, views, sampleBudget, budgetRows, random }),
      )
      if ('tooMuch' in measured) return skip(measured.tooMuch, 'OVER_BUDGET')
      const { verdict, why, record, evidence } = judgeSubject(subject, measured, terms)
      benchmarkLog.append(run, record)
      show(evidence)
      claimsOf(subject, record).forEach(claim)
      if (verdict === 'failed') throw why
      if (verdict === 'unchecked') skip(why, 'NOT_JUDGED')
    },
    { afterOnly: true },
  )
})

if (subjects.length === 0) {
  check('queries', 'the queries that are benchmarked', async ({ skip }) =>
    skip(`no query of ${migration.place}/queries.sql has a line benchmark`),
  )
}

const changedTables = [...new Set([...lock.adds.indexes, ...lock.adds.constraints].map(({ table }) => table))]

const opened = new AsyncDisposableStack()
const scratch = once(async () =>
  opened.use(await openScratchDatabase({ address: target.address, token: target.token ?? '' })),
)
afterAll(() => opened.disposeAsync())

forEach('writes', subjects.length === 0 ? [] : changedTables, (table) => {
  check(
    ['writes', table],
    `what writing a row to ${table} costs now`,
    async ({ show, skip }) => {
      if (target.token === null) return skip('it makes copies of a table, on a throw-away server only')
      const before = findTable(beforeRecord.read(run).schema, table)
      const after = findTable(await snapshot(), table)
      if (before === undefined || after === undefined) return skip(`there is no table ${table} on both sides`)
      const copies = await scratch()
      const writes = await read((session) =>
        measureWrites(copies, session, { before, after }, target.address.database ?? '', random),
      )
      if (writes === undefined) return skip(`${table} has too few rows to tell`)
      writesLog.append(run, writes)
      show(writes)
      assertWritesKeepUp(writes, settings.BENCHMARK_WRITE_PERCENT)
    },
    { modes: ['rehearse'] },
  )
})

check(
  'observed',
  'what the server saw since is put on record',
  async ({ show }) => {
    const { at, storage } = await read((session) => recordServerStats(session, run, 'after'))
    show({ at, storage: totalOf(storage) })
  },
  { afterOnly: true },
)
