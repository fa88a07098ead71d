import { z } from 'zod'
import { log } from '../../core/record/record.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import type { Step } from '../step/step.ts'
import type { Estimate } from './estimator.ts'
import { isWorkKind, type WorkKind } from './rates.ts'

const estimatedStepShape = z.object({
  id: z.string(),
  kind: z.string(),
  table: z.string(),
  tables: z.array(z.string()).optional(),
  estimateMs: z.number(),
  tookMs: z.number().optional(),
  /** What the statistics said, and what the DDL job went through. */
  rows: z.number(),
  rowsSeen: z.number().optional(),
  blockedBy: z.array(z.string()).optional(),
})
const lineShape = z.object({
  phase: z.string(),
  from: z.string(),
  estimatedMs: z.number(),
  /** ms from the first step to the end of the last; undefined where nothing was run. */
  tookMs: z.number().optional(),
  steps: z.array(estimatedStepShape),
})
/** One run of steps: what it was estimated at, and what it took. */
export type EstimateLine = z.infer<typeof lineShape>
export type EstimatedStep = z.infer<typeof estimatedStepShape>

const estimateLog = log('estimates.jsonl', lineShape)

/** Puts an estimate on record; after the steps have run, with what they took. */
export const recordEstimate = (
  run: RunFolder,
  { works, steps, totalMs, from }: Estimate,
  ran?: { done: readonly Step[]; tookMs: number },
): void => {
  const [phase] = steps.map((step) => step.phase)
  // A switch that is turned takes no time to speak of.
  if (phase === undefined || !steps.some(({ kind }) => isWorkKind(kind))) return
  const line: EstimateLine = {
    phase,
    from,
    estimatedMs: Math.round(totalMs),
    ...(ran === undefined ? {} : { tookMs: Math.round(ran.tookMs) }),
    steps: steps.map(({ id, kind, table, tables, estimateMs = 0 }) => {
      const done = ran?.done.find((step) => step.id === id)
      return {
        id,
        kind,
        table,
        ...(tables === undefined ? {} : { tables }),
        estimateMs,
        rows: works.find(({ step }) => step.id === id)?.rows ?? 0,
        ...(done?.durationMs === undefined ? {} : { tookMs: done.durationMs }),
        ...(kind === 'index' && done?.rows !== undefined ? { rowsSeen: done.rows } : {}),
        ...(done?.blockedBy === undefined ? {} : { blockedBy: done.blockedBy }),
      }
    }),
  }
  estimateLog.append(run, line)
}

export type MigrationPart = 'indexes' | 'constraints'
const kindsOf: Record<MigrationPart, readonly WorkKind[]> = {
  indexes: ['index', 'analyze'],
  constraints: ['constraint'],
}

/** The estimates of one part of the migration, of its first apply in this run. */
export const readEstimates = (run: RunFolder, part: MigrationPart): EstimateLine[] =>
  estimateLog
    .read(run)
    .filter(
      ({ phase, steps }) =>
        phase === 'apply' && steps.some(({ kind }) => kindsOf[part].some((own) => own === kind)),
    )
