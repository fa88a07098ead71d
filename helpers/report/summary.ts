import { z } from 'zod'
import { backupFiguresShape } from '../backup/figures.ts'
import { failureShape } from '../core/errors/failure.ts'
import { claimShape } from '../core/record/claim.ts'
import { record } from '../core/record/record.ts'
import { phaseShape } from '../core/record/traffic.ts'
import { truthShape } from '../migrate/estimate/truth.ts'
import { stepShape } from '../migrate/step/step.ts'
import { benchmarkShape, writesShape } from '../verify/benchmark/record.ts'
import { metricRowShape } from '../verify/claims/metric.ts'

const countedShape = z.object({
  expected: z.number(),
  present: z.number(),
  missing: z.array(z.string()),
  different: z.array(z.string()),
})

const skipCodeShape = z.enum([
  // What it looks at is not there, in this migration or on this target.
  'NOT_APPLICABLE',
  // It never runs in this mode.
  'OTHER_MODE',
  // It holds only once the migration is applied.
  'NOT_APPLIED',
  // It would read more rows than CHECK_BUDGET_ROWS.
  'OVER_BUDGET',
  // Some rows were looked at, and CHECK_SECONDS ended before the others.
  'PARTLY_CHECKED',
  // A statement took longer than STATEMENT_SECONDS.
  'TIMED_OUT',
  // A section that it stands on failed.
  'SECTION_FAILED',
  // The server, its account or this machine does not allow it.
  'COULD_NOT_CHECK',
  // Measured and put on record only.
  'NOT_JUDGED',
  // A query finds no row to take its values from.
  'NO_DATA',
  // The variable that asks for it is not set.
  'NOT_ASKED',
])
/** What kind of skip it was; stable, for programs. */
export type SkipCode = z.infer<typeof skipCodeShape>

export const checkResultShape = z.object({
  id: z.string(),
  section: z.string(),
  title: z.string(),
  status: z.enum(['passed', 'failed', 'skipped']),
  /** Why it failed or was skipped, as a text for people. */
  reason: z.string().optional(),
  /** Why it failed, in parts. */
  failure: failureShape.optional(),
  skipCode: skipCodeShape.optional(),
  evidence: z.unknown().optional(),
  durationMs: z.number(),
})
export type CheckResult = z.infer<typeof checkResultShape>

/** How fast the data was loaded: rows, ms, rows/s. */
export const dataShape = z.object({
  rows: z.number(),
  durationMs: z.number(),
  rowsPerSecond: z.number(),
  /** When it was loaded, where the run started on a copy of a server that was prepared earlier. */
  preparedAt: z.string().optional(),
})
export type DataFigures = z.infer<typeof dataShape>

/** reports/…/summary.json. A change that old readers cannot follow raises `schemaVersion`. */
export const summaryShape = z.object({
  schemaVersion: z.literal(2),
  verdict: z.enum(['passed', 'failed', 'passed with exceptions']),
  /** What the run says of the target in one sentence: ready, not ready because, applied, … */
  answer: z.string(),
  /** Names that EXCEPT left out. */
  exceptions: z.array(z.string()),
  /** What was given as proof of a backup. */
  backupEvidence: z.string().optional(),
  /** Why a run without a red check is failed all the same: sections or checks that did not run, errors outside of checks. */
  incomplete: z.array(z.string()),
  mode: z.string(),
  target: z.object({ name: z.string(), kind: z.string(), database: z.string(), version: z.string() }),
  lock: z.object({ name: z.string(), hash: z.string() }),
  scale: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  data: dataShape.optional(),
  backup: backupFiguresShape.optional(),
  /** ms spent in each part of the run, in order. */
  timings: z.array(z.object({ part: z.string(), durationMs: z.number() })),
  indexes: countedShape,
  constraints: countedShape.extend({
    /** How many of the expected are not NOT ENFORCED. */
    enforceable: z.number(),
    /** How many of these refused a row that breaks them. */
    enforced: z.number(),
    /** How many of these the server has as ENFORCED. */
    declared: z.number(),
    /** How many of these a row was tried on. */
    probed: z.number(),
  }),
  checks: z.array(checkResultShape),
  steps: z.array(stepShape),
  claims: z.array(claimShape),
  /** Where the schema is not like the one that the lock was made on; it stops nothing. Absent when there is none. */
  drift: z.array(z.string()).optional(),
  /** What the steps were estimated at, and what they took; absent when there was no step to run. */
  estimate: truthShape.optional(),
  /** Statements that were timed, before and after, and in pairs. */
  benchmarks: z.array(benchmarkShape),
  /** What writing a row to a table costs, before and after. */
  writes: z.array(writesShape).optional(),
  /** The guide's table of success. */
  metrics: z.array(metricRowShape).optional(),
  /** What buyers saw beside the migration, phase by phase. */
  traffic: z.array(phaseShape).optional(),
})
export type Summary = z.infer<typeof summaryShape>

export const summaryRecord = record('summary.json', summaryShape)
