import { relative } from 'node:path'
import { z } from 'zod'
import { backupFiguresFile, backupFiguresShape } from '../backup/figures.ts'
import type { Claim } from '../core/record/claim.ts'
import type { RunFolder } from '../core/record/run-folder.ts'
import { timingShape, timingsFile } from '../core/record/timings.ts'
import { type Constraint, qualifiedName } from '../core/schema/model.ts'
import type { BackupProof } from '../gate/backup-proof.ts'
import { truthOfRun } from '../migrate/estimate/truth.ts'
import type { Lock } from '../migrate/lock/lock.ts'
import { findStanding } from '../migrate/lock/side.ts'
import { latestSteps, stepShape, stepsFile } from '../migrate/step/step.ts'
import { answerOf } from '../report/answer.ts'
import { type CheckResult, dataShape, type Summary, summaryShape } from '../report/summary.ts'
import { readPhases, trafficFile } from '../traffic/phases.ts'
import { readBenchmarks, readWrites } from '../verify/benchmark/record.ts'
import { readMetrics } from '../verify/claims/record.ts'
import type { RunContext } from './context.ts'

interface Parts {
  readonly context: RunContext
  readonly run: RunFolder
  readonly lock: Lock
  readonly checks: readonly CheckResult[]
  readonly claims: readonly Claim[]
  readonly incomplete: readonly string[]
}

/** What 06-postconditions leaves: what of the lock it found, by `table.name`. */
export const foundShape = z.object({
  indexes: z.object({ present: z.array(z.string()), different: z.array(z.string()) }),
  constraints: z.object({ present: z.array(z.string()), different: z.array(z.string()) }),
})
export const foundFile = 'found.json'

/** How the load of the data went; written by the global set-up. */
export const dataFile = 'data.json'

/** What a rollback left, because no step on record added it: names as `table.name`. */
export const leftFile = 'left.json'
const leftShape = z.array(z.string())

const startShape = z.object({ startedAt: z.string() })

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
  const left = run.has(leftFile) ? run.read(leftFile, leftShape, 'rollback') : []
  return left.length === 0 ? '' : `; left, because no step on record added it: ${left.join(', ')}`
}

const proofOf = ({ manifest, evidence }: BackupProof): string | undefined =>
  manifest === undefined ? evidence : `the manifest ${relative('.', manifest)}`

/** What is there of the lock as far as a run came that never looked at it: what the preflight saw, and the steps since. */
const foundSoFar = (run: RunFolder, { adds }: Lock): z.infer<typeof foundShape> => {
  const standing = findStanding(run)
  const done = latestSteps(run.lines(stepsFile, stepShape)).filter(
    ({ phase, status }) => phase === 'apply' && (status === 'done' || status === 'already'),
  )
  const of = (kind: string, wanted: readonly { table: string; name: string }[]) => {
    const names = wanted.map(qualifiedName)
    const steps = done.filter((step) => step.kind === kind).map(qualifiedName)
    return {
      present: names.filter((name) => steps.includes(name) || standing?.present.includes(name)),
      different: names.filter((name) => standing?.different.includes(name)),
    }
  }
  return { indexes: of('index', adds.indexes), constraints: of('constraint', adds.constraints) }
}
const nothingFound = { indexes: { present: [], different: [] }, constraints: { present: [], different: [] } }

const readFound = ({ context, run, lock }: Parts): z.infer<typeof foundShape> => {
  if (run.has(foundFile)) return run.read(foundFile, foundShape, 'postconditions')
  return context.mode === 'rollback' ? nothingFound : foundSoFar(run, lock)
}

/** Puts the summary of a run together. A run passes when every section ran whole and no check failed. */
export const buildSummary = (parts: Parts): Summary => {
  const { context, run, lock, checks, claims, incomplete } = parts
  const found = readFound(parts)
  const { startedAt } = run.read('run.json', startShape, 'global set-up')
  const isEnforced = (item: Constraint) => {
    const probe = checks.find(({ id }) => id === `postconditions.enforcement[${qualifiedName(item)}]`)
    const stands = found.constraints.present.includes(qualifiedName(item))
    // Where nothing may be written, what SHOW CREATE TABLE says is all there is.
    return item.enforced && (probe?.status === 'passed' || (probe?.status === 'skipped' && stands))
  }
  const enforced = lock.adds.constraints.filter(isEnforced)
  const failed = checks.some(({ status }) => status === 'failed')
  const { name, kind, version, address } = context.target
  const isRed = failed || incomplete.length > 0
  const estimate = truthOfRun(run)
  return summaryShape.parse({
    schemaVersion: 1,
    verdict: isRed ? 'failed' : context.except.length > 0 ? 'passed with exceptions' : 'passed',
    answer: answerOf(context.mode, findStanding(run), checks, incomplete) + leftNote(run),
    exceptions: context.except,
    ...(context.permit === null ? {} : { backupEvidence: proofOf(context.permit.backup) }),
    incomplete,
    mode: context.mode,
    target: { name, kind, database: address.database ?? '', version },
    lock: { name: lock.migration, hash: lock.hash },
    scale: context.settings.SCALE,
    startedAt,
    durationMs: Date.now() - Date.parse(startedAt),
    ...(run.has(dataFile) ? { data: run.read(dataFile, dataShape, 'global set-up') } : {}),
    ...(run.has(backupFiguresFile)
      ? { backup: run.read(backupFiguresFile, backupFiguresShape, 'backup') }
      : {}),
    timings: run.lines(timingsFile, timingShape),
    indexes: count(lock.adds.indexes, found.indexes),
    constraints: {
      ...count(lock.adds.constraints, found.constraints),
      enforceable: lock.adds.constraints.filter((item) => item.enforced).length,
      enforced: enforced.length,
    },
    checks,
    steps: latestSteps(run.lines(stepsFile, stepShape)),
    claims,
    ...(estimate === undefined ? {} : { estimate }),
    benchmarks: readBenchmarks(run),
    writes: readWrites(run),
    metrics: readMetrics(run),
    ...(run.has(trafficFile) ? { traffic: readPhases(run) } : {}),
  })
}
