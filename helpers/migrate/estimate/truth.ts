import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import { duration } from '../../core/text/duration.ts'
import { sum } from '../../core/text/numbers.ts'
import { tablesOf } from '../step/step.ts'
import { type EstimatedStep, type EstimateLine, type MigrationPart, readEstimates } from './record.ts'

/** By how much an estimate may be off, up or down. */
export const bar = 2

export const truthShape = z.object({
  estimatedMs: z.number(),
  /** ms that the steps took; undefined where they were not run. */
  tookMs: z.number().optional(),
  /** What it took, in parts of what was estimated. */
  ratio: z.number().optional(),
  steps: z.number(),
  /** Steps that took no more than twice and no less than half of their estimate. */
  stepsWithinTwo: z.number().optional(),
  /** Where the rates of the estimate come from. */
  from: z.string(),
})
/** An estimate beside what it was an estimate of. */
export type Truth = z.infer<typeof truthShape>

const isWithin = (ratio: number): boolean => ratio <= bar && ratio >= 1 / bar
const round = (ratio: number) => Math.round(ratio * 100) / 100

/** Puts estimates and what their steps took side by side; undefined when nothing was estimated. */
export const truthOf = (lines: readonly EstimateLine[]): Truth | undefined => {
  if (lines.length === 0) return undefined
  const steps = lines.flatMap((line) => line.steps)
  const estimatedMs = sum(lines.map((line) => line.estimatedMs))
  const truth = {
    estimatedMs,
    steps: steps.length,
    from: [...new Set(lines.map(({ from }) => from))].join('; '),
  }
  const took = lines.flatMap(({ tookMs }) => tookMs ?? [])
  if (took.length < lines.length) return truth
  return {
    ...truth,
    tookMs: sum(took),
    ratio: round(sum(took) / Math.max(1, estimatedMs)),
    stepsWithinTwo: steps.filter(({ estimateMs, tookMs = 0 }) => isWithin(tookMs / Math.max(1, estimateMs)))
      .length,
  }
}

/** The truth about both parts together; undefined when nothing was estimated. */
export const truthOfRun = (run: RunFolder): Truth | undefined =>
  truthOf([...readEstimates(run, 'indexes'), ...readEstimates(run, 'constraints')])

const offBy = ({ estimateMs, tookMs = 0 }: EstimatedStep) => Math.abs(tookMs - estimateMs)

const describeStep = ({
  id,
  estimateMs,
  tookMs = 0,
  rows,
  rowsSeen,
  blockedBy = [],
}: EstimatedStep): string => {
  const counted = (value: number) => value.toLocaleString('en')
  const isRowsWrong = rowsSeen !== undefined && (rowsSeen > rows * bar || rowsSeen < rows / bar)
  return [
    `${id}: estimated ${duration(estimateMs)}, took ${duration(tookMs)}`,
    ...(isRowsWrong
      ? [`the statistics said ${counted(rows)} rows, it went through ${counted(rowsSeen)}`]
      : []),
    ...blockedBy.map((blocker) => `blocked by ${blocker}`),
  ].join('; ')
}

/** The steps, an ANALYZE with the rows that the DDL jobs of its tables went through, where each of them had one. */
const withRowsSeen = (steps: readonly EstimatedStep[]): EstimatedStep[] => {
  const seen = new Map(
    steps.flatMap(({ table, rowsSeen }) => (rowsSeen === undefined ? [] : [[table, rowsSeen]])),
  )
  return steps.map((step) => {
    if (step.kind !== 'analyze') return step
    const rows = tablesOf(step).map((table) => seen.get(table))
    return rows.includes(undefined) ? step : { ...step, rowsSeen: sum(rows.map((count = 0) => count)) }
  })
}

const titles: Record<MigrationPart, string> = { indexes: 'Part A', constraints: 'Part B' }

/** Throws ESTIMATE_WRONG when a part took more than twice its estimate, or less than half, with the steps that were furthest off. */
export const assertEstimate = (part: MigrationPart, lines: readonly EstimateLine[]): void => {
  const { estimatedMs, tookMs, ratio, from } = truthOf(lines) ?? { estimatedMs: 0, from: '' }
  if (tookMs === undefined || ratio === undefined || isWithin(ratio)) return
  const worst = withRowsSeen(lines.flatMap(({ steps }) => steps))
    .toSorted((a, b) => offBy(b) - offBy(a))
    .slice(0, 3)
  throw new HarnessError('ESTIMATE_WRONG', {
    what: `${titles[part]} was estimated at ${duration(estimatedMs)} and took ${duration(tookMs)}: ${ratio} of it, where ${1 / bar} to ${bar} is the bar.`,
    why: `Furthest off:\n    ${worst.map(describeStep).join('\n    ')}\n    Rates: ${from}`,
    next: 'Where the rows are wrong, ANALYZE the tables before; where a step was blocked, see who held its table; else see what the server had to do besides, and run again.',
    fields: { part, estimatedMs, tookMs, ratio },
  })
}
