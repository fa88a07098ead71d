import { z } from 'zod'
import type { RowHash } from '../rows/row-hash.ts'
import { type Snapshot, snapshotShape } from '../schema/model.ts'
import { type Moment, momentShape } from '../server/moment.ts'
import type { RunFolder } from './run-folder.ts'

const beforeShape = z.object({
  schema: snapshotShape,
  /** Whether tidb_enable_check_constraint was ON. */
  switchOn: z.boolean(),
  rows: z.array(z.object({ table: z.string(), rows: z.number(), hash: z.string() })),
  moment: momentShape.optional(),
})

/** What the target was before the first step. */
export interface Before {
  readonly schema: Snapshot
  readonly switchOn: boolean
  readonly rows: readonly RowHash[]
  /** The instant of which schema and rows are; absent in a ledger that was begun before instants were recorded. */
  readonly moment?: Moment | undefined
}

const beforeFile = 'before.json'

export const recordBefore = (run: RunFolder, before: Before): void => run.write(beforeFile, before)

/** Reads what the preflight recorded. Throws SECTION_MISSING when it did not run. */
export const readBefore = (run: RunFolder): Before => run.read(beforeFile, beforeShape, 'preflight')

/** Whether a folder holds such a record. */
export const hasBefore = (run: RunFolder): boolean => run.has(beforeFile)
