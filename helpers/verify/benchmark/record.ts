import { z } from 'zod'
import { log } from '../../core/record/record.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import { boundQueryShape } from '../queries/queries.ts'
import { timesShape } from './percentiles.ts'

const benchmarkBeforeShape = z.object({
  id: z.string(),
  times: timesShape,
  /** What was asked, so that after the migration the same is asked; only on a throw-away target. */
  bound: boundQueryShape.optional(),
  /** Its query plan in short, to be shown beside the one of afterwards. */
  plan: z.array(z.string()),
  planShape: z.string(),
  /** The shape of the plan that pairs are run by, where that is another statement: the one behind a view. */
  pairShape: z.string().optional(),
})

/** What 03-benchmark-before measured of one statement. */
export type BeforeRecord = z.infer<typeof benchmarkBeforeShape>

export const reductionShape = z.object({ percent: z.number(), low: z.number(), high: z.number() })

/** One statement in summary.json. All times in ms. */
export const benchmarkShape = z.object({
  id: z.string(),
  title: z.string(),
  before: timesShape.optional(),
  after: timesShape.optional(),
  /** From pairs: with the new indexes, and without them; in percent, with the 95 % interval. */
  reduction: reductionShape.optional(),
  pairs: z.number().optional(),
  /** The new indexes that its query plan uses. */
  uses: z.array(z.string()),
  /** `not compared` where no pairs were run; then `reduction` is missing. */
  change: z.enum(['faster', 'slower', 'as before', 'no new index', 'not compared']),
  /** Why no pairs were run, where that is a matter of the statement. */
  notCompared: z.string().optional(),
  /** What p95 must keep after the migration. */
  threshold: z.number().optional(),
  /** `unchecked` where the way to the server takes so long that the threshold cannot be judged. */
  status: z.enum(['passed', 'failed', 'unchecked']),
})
export type BenchmarkRecord = z.infer<typeof benchmarkShape>

const intervalShape = z.object({ estimate: z.number(), low: z.number(), high: z.number() })
const writeShape = z.object({
  /** Rows a second, at the median. */
  beforePerSecond: z.number(),
  afterPerSecond: z.number(),
  /** How many times as long a write takes after the migration. */
  ratio: intervalShape,
  pairs: z.number(),
})
export type WriteRecord = z.infer<typeof writeShape>

/** What writing to one table costs, in summary.json. */
export const writesShape = z.object({
  table: z.string(),
  insert: writeShape,
  /** Missing where no column could be updated without breaking a constraint. */
  update: writeShape.optional(),
})
export type WritesRecord = z.infer<typeof writesShape>

export const benchmarkBeforeLog = log('benchmark-before.jsonl', benchmarkBeforeShape)
export const benchmarkLog = log('benchmark.jsonl', benchmarkShape)
export const writesLog = log('benchmark-writes.jsonl', writesShape)

// A section that is run again in the same run measures again; the last one counts.
const latestBy = <T>(items: readonly T[], key: (item: T) => string): T[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
]

/** What was measured before, by the statement's id; undefined when it was not. */
export const findBenchmarkBefore = (run: RunFolder, id: string): BeforeRecord | undefined =>
  benchmarkBeforeLog.read(run).findLast((record) => record.id === id)

/** Every statement that was measured, on either side of the migration. */
export const readBenchmarks = (run: RunFolder): BenchmarkRecord[] => {
  const whole = latestBy(benchmarkLog.read(run), ({ id }) => id)
  const onlyBefore = latestBy(benchmarkBeforeLog.read(run), ({ id }) => id).filter(
    ({ id }) => !whole.some((record) => record.id === id),
  )
  return [
    ...whole,
    ...onlyBefore.map(
      ({ id, times }): BenchmarkRecord => ({
        id,
        title: id,
        before: times,
        uses: [],
        change: 'not compared',
        status: 'passed',
      }),
    ),
  ]
}

export const readWrites = (run: RunFolder): WritesRecord[] =>
  latestBy(writesLog.read(run), ({ table }) => table)
