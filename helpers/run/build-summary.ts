import { relative } from 'node:path'
import { backupFiguresRecord } from '../backup/figures.ts'
import type { Claim } from '../core/record/claim.ts'
import type { RunFolder } from '../core/record/run-folder.ts'
import { timingLog } from '../core/record/timings.ts'
import { trafficLog } from '../core/record/traffic.ts'
import { type Constraint, qualifiedName } from '../core/schema/model.ts'
import type { BackupProof } from '../gate/backup-proof.ts'
import { truthOfRun } from '../migrate/estimate/truth.ts'
import { driftRecord } from '../migrate/lock/drift.ts'
import type { Lock } from '../migrate/lock/lock.ts'
import { positionRecord } from '../migrate/lock/position.ts'
import { latestSteps, stepLog } from '../migrate/step/step.ts'
import { answerOf } from '../report/answer.ts'
import { type CheckResult, type Summary, summaryShape } from '../report/summary.ts'
import { readBenchmarks, readWrites } from '../verify/benchmark/record.ts'
import { readMetrics } from '../verify/claims/record.ts'
import type { RunContext } from './context.ts'
import { dataRecord, type FoundAdditions, foundRecord, leftRecord, startRecord } from './records.ts'

interface Parts {
  readonly context: RunContext
  readonly run: RunFolder
  readonly lock: Lock
  readonly checks: readonly CheckResult[]
  readonly claims: readonly Claim[]
  readonly incomplete: readonly string[]
}

const count = (
  wanted: readonly { table: string; name: string }[],
  found: { present: string[]; different: string[] },
) => {
  const names = wanted.map(qualifiedName)
  return {
    expected: names.length,
    present: found.present.length,
    missing: names.filter((name) => !found.present.includes(name) && !found.different.includes(name)),
    different: found.different,
  }
}

const leftNote = (run: RunFolder): string => {
  const left = leftRecord.find(run) ?? []
  return left.length === 0 ? '' : `; left, because no step on record added it: ${left.join(', ')}`
}

const proofOf = ({ manifest, evidence }: BackupProof): string | undefined =>
  manifest === undefined ? evidence : `the manifest ${relative('.', manifest)}`

/** What is there of the lock as far as a run came that never looked at it: what the preflight saw, and the steps since. */
const foundSoFar = (run: RunFolder, { adds }: Lock): FoundAdditions => {
  const position = positionRecord.find(run)
  const done = latestSteps(stepLog.read(run)).filter(
    ({ phase, status }) => phase === 'apply' && (status === 'done' || status === 'already'),
  )
  const of = (kind: string, wanted: readonly { table: string; name: string }[]) => {
    const names = wanted.map(qualifiedName)
    const steps = done.filter((step) => step.kind === kind).map(qualifiedName)
    return {
      present: names.filter((name) => steps.includes(name) || position?.present.includes(name)),
      different: names.filter((name) => position?.different.includes(name)),
    }
  }
  return { indexes: of('index', adds.indexes), constraints: of('constraint', adds.constraints) }
}
const nothingFound = { indexes: { present: [], different: [] }, constraints: { present: [], different: [] } }

const readFound = ({ context, run, lock }: Parts): FoundAdditions => {
  const found = foundRecord.find(run)
  if (found !== undefined) return found
  return context.mode === 'rollback' ? nothingFound : foundSoFar(run, lock)
}

/** Puts the summary of a run together. A run passes when every section ran to its end and no check failed. */
export const buildSummary = (parts: Parts): Summary => {
  const { context, run, lock, checks, claims, incomplete } = parts
  const found = readFound(parts)
  const { startedAt } = startRecord.read(run)
  const enforceable = lock.adds.constraints.filter((item) => item.enforced)
  const probeOf = (item: Constraint) =>
    checks.find(({ id }) => id === `postconditions.enforcement[${qualifiedName(item)}]`)?.status
  const failed = checks.some(({ status }) => status === 'failed')
  const { name, kind, version, address } = context.target
  const isRed = failed || incomplete.length > 0
  const estimate = truthOfRun(run)
  const drift = driftRecord.find(run) ?? []
  return summaryShape.parse({
    schemaVersion: 2,
    verdict: isRed ? 'failed' : context.except.length > 0 ? 'passed with exceptions' : 'passed',
    answer: answerOf(context.mode, positionRecord.find(run), checks, incomplete) + leftNote(run),
    exceptions: context.except,
    ...(context.permit === null ? {} : { backupEvidence: proofOf(context.permit.backup) }),
    incomplete,
    mode: context.mode,
    target: { name, kind, database: address.database ?? '', version },
    lock: { name: lock.migration, hash: lock.hash },
    scale: context.settings.SCALE,
    startedAt,
    durationMs: Date.now() - Date.parse(startedAt),
    data: dataRecord.find(run),
    backup: backupFiguresRecord.find(run),
    timings: timingLog.read(run),
    indexes: count(lock.adds.indexes, found.indexes),
    constraints: {
      ...count(lock.adds.constraints, found.constraints),
      enforceable: enforceable.length,
      enforced: enforceable.filter((item) => probeOf(item) === 'passed').length,
      declared: enforceable.filter((item) => found.constraints.present.includes(qualifiedName(item))).length,
      probed: enforceable.filter((item) => ['passed', 'failed'].includes(probeOf(item) ?? '')).length,
    },
    checks,
    steps: latestSteps(stepLog.read(run)),
    claims,
    ...(drift.length === 0 ? {} : { drift }),
    ...(estimate === undefined ? {} : { estimate }),
    benchmarks: readBenchmarks(run),
    writes: readWrites(run),
    metrics: readMetrics(run),
    ...(trafficLog.has(run) ? { traffic: trafficLog.read(run) } : {}),
  })
}
