import { HarnessError } from '../helpers/core/errors/harness-error.ts'
import { usesIndex } from '../helpers/core/query-plan/facts.ts'
import type { QueryPlan } from '../helpers/core/query-plan/plan.ts'
import { beforeRecord } from '../helpers/core/record/before.ts'
import { once } from '../helpers/core/record/memo.ts'
import { findTable, qualifiedName } from '../helpers/core/schema/model.ts'
import { readSnapshot } from '../helpers/core/schema/read-snapshot.ts'
import { positionRecord } from '../helpers/migrate/lock/position.ts'
import { reasonsNotJudged } from '../helpers/run/judged-tables.ts'
import { forEach, section } from '../helpers/run/section.ts'
import { rowsOfTraffic } from '../helpers/traffic/scope.ts'
import { metricFiguresOf } from '../helpers/verify/claims/figures.ts'
import { guideClaims } from '../helpers/verify/claims/guide-claim.ts'
import { judgeMetric } from '../helpers/verify/claims/metric.ts'
import { metricLog } from '../helpers/verify/claims/record.ts'
import { reasonOfFewRows } from '../helpers/verify/judgeable/judgeable.ts'
import { explainQuery, type GuideQuery, guideQueriesOf } from '../helpers/verify/queries/queries.ts'
import {
  assertAllUsed,
  executionsOf,
  type IndexUse,
  readIndexUse,
} from '../helpers/verify/server-stats/index-use.ts'
import { findServerStats } from '../helpers/verify/server-stats/record.ts'
import {
  assertNoneInVain,
  describeMadeRedundant,
  findRedundant,
} from '../helpers/verify/server-stats/redundant.ts'
import { assertSeen, seenStatements } from '../helpers/verify/server-stats/seen.ts'
import { assertSlowLogWorks } from '../helpers/verify/server-stats/slow-queries.ts'
import {
  assertHealthy,
  readHealth,
  reasonNotToJudge,
} from '../helpers/verify/server-stats/statistics-health.ts'
import { assertIndexesGrew, isReckoned, totalOf } from '../helpers/verify/server-stats/storage.ts'

const metrics = section('metrics', {
  needs: ['constraints'],
  modes: ['rehearse', 'check', 'apply'],
})
const { check, context, read, write, run, lock, migration } = metrics
const isRehearsal = context.mode === 'rehearse'
const { JUDGE_ROWS, STATISTICS_HEALTH } = context.settings
const reasonNotJudged = reasonsNotJudged(metrics)
const queries = guideQueriesOf(migration, lock)
const indexedTables = [...new Set(lock.adds.indexes.map(({ table }) => table))]
const snapshot = once(() => read(readSnapshot))
const before = findServerStats(run, 'before')
const after = findServerStats(run, 'after')
const notRecorded = 'nothing was recorded on that side'

const isApplied = () => context.mode !== 'check' || positionRecord.find(run)?.side !== 'before'

forEach('success', guideClaims(migration, 'metric'), (metric) => {
  check(['row', metric.name], `${metric.name}: ${metric.claim}`, async ({ show }) => {
    const now = await snapshot()
    const row = judgeMetric(
      metric,
      metricFiguresOf(metric, {
        run,
        schemaBefore: beforeRecord.has(run) ? beforeRecord.read(run).schema : isApplied() ? undefined : now,
        schemaAfter: isApplied() ? now : undefined,
      }),
    )
    metricLog.append(run, row)
    show(row)
    if (isRehearsal && metric.traffic === undefined && row.verdict === 'unchecked') {
      throw new HarnessError('METRIC_MISSING', {
        what: `${metric.name} has no figure: ${metric.benchmark ?? metric.count} was not measured.`,
        next: 'See why 10-benchmark-after left it out; queries.sql must mark the query with a line benchmark.',
      })
    }
  })
})

check('statements', 'what took most of the server`s time, before and after', async ({ show, skip }) => {
  if (before === undefined && after === undefined) return skip(notRecorded)
  const seen = seenStatements(before, after)
  if ('reason' in seen) return skip(seen.reason, 'COULD_NOT_CHECK')
  show(seen)
  const ran = queries.some(({ benchmark }) => benchmark !== undefined)
  if (isRehearsal && ran && before !== undefined && after !== undefined) assertSeen(seen)
})

check('slow-queries', 'SLOW_QUERY answers where the guide reads mysql.slow_log', async ({ show, skip }) => {
  const serverStats = after ?? before
  if (serverStats === undefined) return skip(notRecorded)
  const { slowQueries } = serverStats
  if ('reason' in slowQueries) return skip(slowQueries.reason, 'COULD_NOT_CHECK')
  show({ before: before?.slowQueries, after: after?.slowQueries })
  if (!isRehearsal) return
  const { thresholdMs } = slowQueries.found
  await write((session) => assertSlowLogWorks(session, thresholdMs))
})

check(
  'storage',
  'what the new indexes take, as the server reckons',
  async ({ show, skip }) => {
    if (before === undefined || after === undefined) return skip(notRecorded)
    show({ before: totalOf(before.storage), after: totalOf(after.storage), tables: after.storage })
    const reckoned = lock.adds.indexes.filter((index) =>
      isReckoned(index, findTable(lock.baseline, index.table)),
    )
    for (const table of new Set(reckoned.map((index) => index.table))) {
      const [was, is] = [before, after].map(({ storage }) => storage.find((item) => item.table === table))
      if (was !== undefined && is !== undefined && isRehearsal) assertIndexesGrew(was, is)
    }
  },
  { afterOnly: true },
)

check(
  'index-use',
  'every new index is used by a query plan, or by a statement that the server counted',
  async ({ show, skip }) => {
    if (isRehearsal && queries.length === 0)
      return skip(
        `${migration.place}/queries.sql has no query: nothing says what each index is for`,
        'NOT_ASKED',
      )
    const visible = lock.adds.indexes.filter((index) => index.visible)
    const reasons = new Map<string, string>()
    for (const { table } of visible) {
      const reason = await reasonNotJudged(table)
      if (reason !== undefined) reasons.set(table, reason)
    }
    const judged = visible.filter(({ table }) => !reasons.has(table))
    await read(async (session) => {
      const used = await readIndexUse(session)
      const plans: { query: GuideQuery; plan: QueryPlan }[] = []
      for (const query of queries.filter(({ index }) => index !== undefined && !reasons.has(index.table)))
        plans.push({ query, plan: (await explainQuery(session, query)).plan })
      const uses = judged.map(
        (index): IndexUse => ({
          index: qualifiedName(index),
          plans: plans
            .filter(({ query }) => query.index?.name === index.name && query.index.table === index.table)
            .filter(({ plan }) => usesIndex(plan, index.name, index.table))
            .map(({ query }) => query.name),
          executions: 'found' in used ? executionsOf(index, used.found) : undefined,
        }),
      )
      show({ uses, ...('reason' in used ? { note: used.reason } : {}) })
      assertAllUsed(uses)
    })
    if (reasons.size > 0)
      skip(
        `${judged.length} of ${visible.length} indexes were judged: ${[...reasons.values()].join('; ')}`,
        'NOT_JUDGED',
      )
  },
  { afterOnly: true },
)

check(
  'redundant',
  'no new index is a prefix of another; those of before that are one now are listed',
  async ({ show }) => {
    const found = findRedundant(await snapshot())
    show({ madeRedundant: describeMadeRedundant(found, lock.adds.indexes) })
    assertNoneInVain(found, lock.adds.indexes)
  },
  { afterOnly: true },
)

const health = once(() => read(readHealth))
forEach('statistics', indexedTables, (table) => {
  check(
    ['statistics', table],
    `the statistics of ${table} are healthy`,
    async ({ show, skip }) => {
      const found = await health()
      if ('reason' in found) return skip(found.reason, 'COULD_NOT_CHECK')
      const rows = after?.storage.find((item) => item.table === table)?.rows
      if (findTable(await snapshot(), table) === undefined) return skip(`there is no table ${table}`)
      if (rows === 0) return skip(`${table} is empty`)
      // On few rows one that changes is a large part, and the server never analyzes such a table by itself.
      const tooFew = rows === undefined ? undefined : reasonOfFewRows(table, rows, JUDGE_ROWS)
      if (context.target.token === null && tooFew !== undefined) return skip(tooFew, 'NOT_JUDGED')
      show(found.found.filter((item) => item.table === table))
      // Seen in a container: 260 events, each changed by every purchase of it, are below any bound at once.
      if (table in rowsOfTraffic({ context, migration }))
        return skip('the buyers of this rehearsal change its rows all the time')
      const reason = reasonNotToJudge(table, found.found)
      if (reason !== undefined) return skip(reason, 'NOT_JUDGED')
      assertHealthy(table, found.found, STATISTICS_HEALTH)
    },
    { afterOnly: true },
  )
})
