import { explain } from '../helpers/core/query-plan/explain.ts'
import { renderPlan } from '../helpers/core/query-plan/tree.ts'
import { readBefore } from '../helpers/core/record/before.ts'
import { once } from '../helpers/core/record/memo.ts'
import { findTable } from '../helpers/core/schema/model.ts'
import { readSnapshot } from '../helpers/core/schema/read-snapshot.ts'
import type { ReadSession } from '../helpers/core/server/session.ts'
import { createRandom } from '../helpers/migrate/data/random.ts'
import { readStatements } from '../helpers/migrate/folder/migration.ts'
import { forEach, section } from '../helpers/run/section.ts'
import { claimsOf } from '../helpers/verify/benchmark/claims.ts'
import { type Compared, compareQuery } from '../helpers/verify/benchmark/compare-query.ts'
import { effortOf, pairEffort, readsTooMuch } from '../helpers/verify/benchmark/effort.ts'
import {
  overLimit,
  reductionMissed,
  slower,
  slowerThanBefore,
  tooFarAway,
} from '../helpers/verify/benchmark/failures.ts'
import { measure, measureWithin } from '../helpers/verify/benchmark/measure.ts'
import {
  type BenchmarkRecord,
  findBenchmarkBefore,
  recordBenchmark,
  recordWrites,
} from '../helpers/verify/benchmark/record.ts'
import { openScratch } from '../helpers/verify/benchmark/scratch.ts'
import { subjectsOf, withoutView } from '../helpers/verify/benchmark/subjects.ts'
import { turnedSlower } from '../helpers/verify/benchmark/turned.ts'
import { changeOf, reductionOf } from '../helpers/verify/benchmark/verdict.ts'
import { usedOf } from '../helpers/verify/benchmark/without-indexes.ts'
import { assertWritesKeepUp, measureWrites } from '../helpers/verify/benchmark/writes.ts'
import { type BoundQuery, toGuideQuery } from '../helpers/verify/queries/queries.ts'
import { recordObserved } from '../helpers/verify/server-stats/record.ts'
import { totalOf } from '../helpers/verify/server-stats/storage.ts'

const { check, context, read, run, lock, migration } = section('benchmark', {
  needs: ['constraints'],
  modes: ['rehearse', 'check', 'apply'],
})
const { settings, target } = context
const isThrowAway = target.token !== null
const queries = readStatements(migration, 'queries').map(toGuideQuery)
const subjects = subjectsOf(queries, lock.baseline.views, settings)
const effort = effortOf(context, subjects.length)
const tolerance = { percent: settings.BENCHMARK_SLOWER_PERCENT, ms: settings.BENCHMARK_SLOWER_MS }
const snapshot = once(() => read(readSnapshot))
const random = createRandom(settings.SEED, 'benchmark')

// What is for a throw-away server: it would run the slow side on a server that has other work.
const compared = (session: ReadSession, bound: BoundQuery): Promise<Compared> =>
  isThrowAway
    ? compareQuery(session, bound, lock.adds.indexes, { effort: pairEffort(effort), tolerance, random })
    : Promise.resolve({})

const changeIn = ({ pair, comparison }: Compared): BenchmarkRecord['change'] => {
  if (pair === undefined) return 'not compared'
  return comparison === undefined ? 'no new index' : changeOf(comparison, tolerance)
}

forEach('after', subjects, (subject) => {
  const { id, title, limitMs, leastReduction } = subject
  check(
    id,
    `how long it takes now: ${title}`,
    async ({ show, claim, skip }) => {
      await read(async (session) => {
        const before = findBenchmarkBefore(run, id)
        const bound = before?.bound ?? (await subject.bind(session))
        const view = (await snapshot()).views.find(({ name }) => name === id)
        const unfolded = withoutView(bound, view)
        const plan = await explain(session, unfolded.sql, unfolded.values)
        const tooMuch = isThrowAway
          ? undefined
          : readsTooMuch(plan, effort.atLeast, settings.CHECK_BUDGET_ROWS)
        if (tooMuch !== undefined) return skip(tooMuch)
        const after =
          limitMs === undefined
            ? await measure(session, bound, effort)
            : await measureWithin(session, bound, effort, limitMs)
        const found = await compared(session, unfolded)
        const { pair, comparison } = found
        const turned =
          before === undefined || comparison !== undefined
            ? undefined
            : await turnedSlower(session, before, {
                ...{ bound, after, effort, tolerance },
                plan: unfolded === bound ? plan : await explain(session, bound.sql, bound.values),
              })
        // What else a server of one's own has to do is not ours to know, and its minutes are not alike.
        const change = turned === undefined || !isThrowAway ? changeIn(found) : 'slower'
        const reduction = comparison === undefined ? undefined : reductionOf(comparison)
        const isMissed =
          leastReduction !== undefined && isThrowAway && !(reduction && reduction.low >= leastReduction)
        const way =
          limitMs !== undefined && after.p95 >= limitMs
            ? await measure(
                session,
                { sql: 'SELECT 1', values: [] },
                { ...effort, atLeast: 20, budgetMs: 200 },
              )
            : undefined
        const tooFar = way === undefined ? undefined : tooFarAway(subject, after, way)
        const isRed = change === 'slower' || isMissed || (way !== undefined && tooFar === undefined)
        const record: BenchmarkRecord = {
          ...{ id, title, after, change, uses: [...(pair?.uses ?? usedOf(plan, lock.adds.indexes))] },
          ...(before === undefined ? {} : { before: before.times }),
          ...(comparison === undefined ? {} : { reduction, pairs: comparison.pairs }),
          ...(limitMs === undefined ? {} : { threshold: limitMs }),
          status: isRed ? 'failed' : tooFar === undefined && turned === undefined ? 'passed' : 'unchecked',
        }
        recordBenchmark(run, record)
        show({
          ...record,
          sql: bound.sql,
          plan: renderPlan(pair?.as.plan ?? plan).split('\n'),
          planWithout: pair === undefined ? undefined : renderPlan(pair.without.plan).split('\n'),
        })
        claimsOf(subject, record).forEach(claim)
        if (change === 'slower' && pair !== undefined && comparison !== undefined)
          throw slower(subject, comparison, pair, tolerance)
        const slowly =
          before === undefined || turned === undefined
            ? undefined
            : slowerThanBefore(subject, before, turned.times, turned.plan, tolerance)
        if (slowly !== undefined && isThrowAway) throw slowly
        if (isMissed) throw reductionMissed(subject, record)
        if (tooFar !== undefined) skip(tooFar)
        if (way !== undefined) throw overLimit(subject, after, way, plan)
        if (slowly !== undefined)
          skip(`could not judge what else this server had to do; look at it: ${slowly.message}`)
        if (leastReduction !== undefined && !isThrowAway)
          skip('could not check BENCHMARK_REDUCTIONS: only a rehearsal runs both sides in pairs')
      })
    },
    { afterOnly: true },
  )
})

if (subjects.length === 0) {
  check('queries', 'the queries that are benchmarked', async ({ skip }) =>
    skip(`no query of sql/${migration.name}/queries.sql has a line benchmark`),
  )
}

const changedTables = [...new Set([...lock.adds.indexes, ...lock.adds.constraints].map(({ table }) => table))]

forEach('writes', subjects.length === 0 ? [] : changedTables, (table) => {
  check(
    ['writes', table],
    `what writing a row to ${table} costs now`,
    async ({ show, skip }) => {
      const { address, token } = target
      if (token === null) return skip('it makes copies of a table, on a throw-away server only')
      const before = findTable(readBefore(run).schema, table)
      const after = findTable(await snapshot(), table)
      if (before === undefined || after === undefined) return skip(`there is no table ${table} on both sides`)
      await using scratch = await openScratch({ address, token })
      const writes = await read((session) =>
        measureWrites(scratch, session, { before, after }, address.database ?? '', random),
      )
      if (writes === undefined) return skip(`${table} has too few rows to tell`)
      recordWrites(run, writes)
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
    const { at, storage } = await read((session) => recordObserved(session, run, 'after'))
    show({ at, storage: totalOf(storage) })
  },
  { afterOnly: true },
)
