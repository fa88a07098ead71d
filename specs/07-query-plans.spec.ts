import { expect } from 'vitest'
import { HarnessError } from '../helpers/core/errors/harness-error.ts'
import { rangeScans, usesIndex } from '../helpers/core/query-plan/facts.ts'
import type { QueryPlan } from '../helpers/core/query-plan/plan.ts'
import { renderPlan } from '../helpers/core/query-plan/tree.ts'
import { once } from '../helpers/core/record/memo.ts'
import { qualifiedName } from '../helpers/core/schema/model.ts'
import { isAtLeast, parseRelease } from '../helpers/core/server/version.ts'
import { reasonsNotJudged } from '../helpers/run/judged-tables.ts'
import { type Evidence, forEach, section } from '../helpers/run/section.ts'
import { guideClaims, invalidClaim } from '../helpers/verify/claims/guide-claim.ts'
import {
  type BoundPlan,
  explainQuery,
  explainWithIndex,
  type GuideQuery,
  guideQueriesOf,
} from '../helpers/verify/queries/queries.ts'

const queryPlans = section('query-plans', {
  needs: ['indexes'],
  modes: ['rehearse', 'check', 'apply'],
})
const { check, context, read, lock, migration } = queryPlans
const queries = guideQueriesOf(migration, lock).filter(
  ({ expect: wanted, unfit }) => (wanted ?? unfit) !== undefined,
)
const plans = new Map(
  queries.map((query) => [query.name, once(() => read((session) => explainQuery(session, query)))]),
)
const explained = async ({ name }: GuideQuery): Promise<BoundPlan> => {
  const found = await plans.get(name)?.()
  if (found === undefined) throw new Error(`no query is called ${name}`)
  return found
}

const release = parseRelease(context.target.version)
const isForRelease = ({ since }: GuideQuery) =>
  since === undefined || (release !== undefined && isAtLeast(release, since))

const lines = (plan: QueryPlan): string[] => renderPlan(plan).split('\n')

const judgeShape = (plan: QueryPlan, { expect: wanted = [], index, unfit }: GuideQuery): void => {
  if (index !== undefined) expect(plan).toUseIndex(index.name, { table: index.table })
  if (wanted.includes('range')) expect(plan).toRangeScan(index?.name)
  if (wanted.includes('keep-order')) expect(plan).toKeepOrder(index?.name)
  if (wanted.includes('covering')) expect(plan).toBeCovering(index?.name)
  if (unfit !== undefined) expect(plan).not.toRangeScan(unfit.name)
}

const judgeChosen = (plan: QueryPlan, query: GuideQuery): void => {
  expect(plan).toHaveFreshStatistics()
  judgeShape(plan, query)
}

const isThrowAway = context.target.token !== null
const reasonNotJudged = reasonsNotJudged(queryPlans)

const claims = guideClaims(migration, 'plan')
for (const { name } of claims)
  if (!queries.some((query) => query.name === name))
    throw invalidClaim(name, 'queries.sql has no query of this name with the line expect or unfit')

const judgeClaims = (query: GuideQuery, plan: QueryPlan, evidence: Evidence): void => {
  for (const { claim, index } of claims.filter(({ name }) => name === query.name)) {
    const verdict = rangeScans(plan, index.name).length > 0 ? 'held' : 'refuted'
    evidence.claim({ claim, verdict, measured: renderPlan(plan) })
  }
}

// The values to ask with come from the table itself, and a query that finds them may read all of it.
const readsOf = ({ params, index, unfit }: GuideQuery): string[] => {
  const table = (index ?? unfit)?.table
  return params === undefined || table === undefined ? [] : [table]
}

const noQueries = `${migration.place}/queries.sql has no query with the line expect or unfit`
if (queries.length === 0) {
  check('queries', 'the queries whose plans are judged', async ({ skip }) => skip(noQueries, 'NOT_ASKED'))
}

forEach('queries', queries, (query) => {
  check(
    query.name,
    query.title,
    async (evidence) => {
      const asItIs = await explained(query)
      const { plan } = asItIs
      evidence.show({ sql: plan.sql, plan: lines(plan) })
      judgeClaims(query, plan, evidence)
      if (isForRelease(query)) {
        if (isThrowAway) return judgeChosen(plan, query)
        // Whether the index can serve the query holds for any size and any statistics; what is chosen does not.
        const hinted = await read((session) => explainWithIndex(session, query, asItIs))
        evidence.show({ sql: plan.sql, plan: lines(plan), planWithIndex: lines(hinted) })
        judgeShape(hinted, query)
        const reason = await reasonNotJudged((query.index ?? query.unfit)?.table ?? '')
        if (reason === undefined) return judgeChosen(plan, query)
        evidence.skip(`${reason}; the index can serve the query`, 'NOT_JUDGED')
      }
      // A version that cannot must still be seen not to, or this branch would hide a plan that went wrong.
      expect(plan, `${query.why}; this server is ${context.target.version}`).not.toRangeScan(
        query.index?.name,
      )
      evidence.skip(`${context.target.version} cannot: ${query.why}; ${query.else} is tested instead`)
    },
    { afterOnly: true, reads: readsOf(query) },
  )
})

forEach('every index is used', lock.adds.indexes, (index) => {
  const name = qualifiedName(index)
  check(
    ['used', name],
    `a query uses ${name}`,
    async ({ show, skip }) => {
      if (!index.visible) skip('an invisible index is there to be tried out; no query may use it')
      if (queries.length === 0) skip(`${noQueries}: nothing says what it is for`, 'NOT_ASKED')
      const reason = await reasonNotJudged(index.table)
      if (reason !== undefined) skip(reason, 'NOT_JUDGED')
      const users: string[] = []
      for (const query of queries.filter(
        (item) => item.index !== undefined && qualifiedName(item.index) === name,
      )) {
        if (usesIndex((await explained(query)).plan, index.name, index.table)) users.push(query.name)
      }
      show({ queries: users })
      if (users.length > 0) return
      throw new HarnessError('INDEX_UNUSED', {
        what: `No query of ${migration.place}/queries.sql uses ${name}.`,
        why: 'An index that nothing uses costs every write and helps no read.',
        next: 'Add the query that it is for with "-- index:", or take the index out of the migration.',
      })
    },
    { afterOnly: true, reads: [index.table] },
  )
})
