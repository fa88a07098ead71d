import type { HarnessError } from '../../../core/errors/harness-error.ts'
import type { QueryPlan } from '../../../core/query-plan/plan.ts'
import { renderPlan } from '../../../core/query-plan/tree.ts'
import type { Index } from '../../../core/schema/model.ts'
import type { BoundQuery } from '../../queries/queries.ts'
import type { ComparedQuery } from '../compare-query.ts'
import { overLimit, reductionMissed, slower, slowerThanBefore, tooFarAway } from '../failures.ts'
import type { Times } from '../percentiles.ts'
import { usedOf } from '../query-pair.ts'
import type { BeforeRecord, BenchmarkRecord } from '../record.ts'
import type { Subject } from '../subjects.ts'
import { changeOf, type Reduction, reductionOf, type Tolerance } from '../verdict.ts'

/** What was measured of one statement, on both sides of the migration. */
export interface Measured {
  readonly bound: BoundQuery
  /** Undefined where nothing was measured before the migration. */
  readonly before: BeforeRecord | undefined
  readonly after: Times
  readonly plan: QueryPlan
  readonly compared: ComparedQuery
  /** The plan and the times of now, where another plan than before made the statement slower. */
  readonly turned: { readonly plan: QueryPlan; readonly times: Times } | undefined
  /** The way to the server and back; only where p95 is not below the limit. */
  readonly roundTrip: Times | undefined
}

export interface Terms {
  readonly tolerance: Tolerance
  /** True on a throw-away server. What else a server of the user's own has to do is not known. */
  readonly isThrowAway: boolean
  readonly newIndexes: readonly Index[]
}

type Finding =
  | { readonly verdict: 'failed'; readonly why: HarnessError }
  | { readonly verdict: 'unchecked'; readonly why: string }

/** A verdict with what it rests on: `record` for summary.json, `evidence` for the report. */
export type Judgement = (Finding | { readonly verdict: 'passed'; readonly why?: undefined }) & {
  readonly record: BenchmarkRecord
  readonly evidence: Readonly<Record<string, unknown>>
}

const onlyInPairs = 'could not check BENCHMARK_REDUCTIONS: only a rehearsal runs both sides in pairs'

const failed = (why: HarnessError): Finding => ({ verdict: 'failed', why })
const unchecked = (why: string): Finding => ({ verdict: 'unchecked', why })

const changeIn = ({ compared: { pair, comparison }, turned }: Measured, terms: Terms) => {
  if (turned !== undefined && terms.isThrowAway) return 'slower'
  if (pair === undefined) return 'not compared'
  return comparison === undefined ? 'no new index' : changeOf(comparison, terms.tolerance)
}

const findSlowerInPairs = (
  subject: Subject,
  { compared: { pair, comparison } }: Measured,
  { tolerance }: Terms,
): Finding | undefined =>
  pair !== undefined && comparison !== undefined && changeOf(comparison, tolerance) === 'slower'
    ? failed(slower(subject, comparison, pair, tolerance))
    : undefined

const findTurnedSlower = (
  subject: Subject,
  { before, turned }: Measured,
  { tolerance, isThrowAway }: Terms,
): Finding | undefined => {
  if (before === undefined || turned === undefined) return undefined
  const error = slowerThanBefore(subject, before, turned.times, turned.plan, tolerance)
  return isThrowAway
    ? failed(error)
    : unchecked(`could not judge what else this server had to do; look at it: ${error.message}`)
}

const findMissed = (
  subject: Subject,
  reduction: Reduction | undefined,
  change: BenchmarkRecord['change'],
): Finding | undefined => {
  const { leastReduction } = subject
  if (leastReduction === undefined) return undefined
  const isKept = reduction !== undefined && reduction.low >= leastReduction
  return isKept ? undefined : failed(reductionMissed(subject, { reduction, change }))
}

const findOverLimit = (subject: Subject, { after, roundTrip, plan }: Measured): Finding | undefined => {
  if (roundTrip === undefined) return undefined
  const tooFar = tooFarAway(subject, after, roundTrip)
  return tooFar === undefined ? failed(overLimit(subject, after, roundTrip, plan)) : unchecked(tooFar)
}

/**
 * Judges one statement. The first that holds decides:
 *
 * 1. slower with the new indexes than without them: failed
 * 2. on a throw-away server, slower than before by another plan, or BENCHMARK_REDUCTIONS missed: failed
 * 3. over its limit: failed, or unchecked where only the way to the server makes it so
 * 4. on a server of the user's own, slower than before by another plan, or BENCHMARK_REDUCTIONS: unchecked
 */
export const judgeSubject = (subject: Subject, measured: Measured, terms: Terms): Judgement => {
  const { id, title, limitMs, leastReduction } = subject
  const { bound, before, after, plan, compared } = measured
  const { pair, comparison } = compared
  const { isThrowAway, newIndexes } = terms
  const reduction = comparison === undefined ? undefined : reductionOf(comparison)
  const change = changeIn(measured, terms)
  const turned = findTurnedSlower(subject, measured, terms)
  const missed = isThrowAway ? findMissed(subject, reduction, change) : undefined
  const finding =
    findSlowerInPairs(subject, measured, terms) ??
    (isThrowAway ? turned : undefined) ??
    missed ??
    findOverLimit(subject, measured) ??
    turned
  const record: BenchmarkRecord = {
    ...{ id, title, after, change, uses: [...(pair?.uses ?? usedOf(plan, newIndexes))] },
    ...(before === undefined ? {} : { before: before.times }),
    ...(comparison === undefined ? {} : { reduction, pairs: comparison.pairs }),
    ...('reason' in compared ? { notCompared: compared.reason } : {}),
    ...(limitMs === undefined ? {} : { threshold: limitMs }),
    status: finding?.verdict ?? 'passed',
  }
  const evidence = {
    ...record,
    sql: bound.sql,
    plan: renderPlan(pair?.withIndexes.plan ?? plan).split('\n'),
    planWithout: pair === undefined ? undefined : renderPlan(pair.withoutIndexes.plan).split('\n'),
  }
  if (finding !== undefined) return { ...finding, record, evidence }
  // The record stays `passed`: what it says of the limit was judged.
  return leastReduction === undefined || isThrowAway
    ? { verdict: 'passed', record, evidence }
    : { ...unchecked(onlyInPairs), record, evidence }
}
