import { z } from 'zod'
import { record, recordPer } from '../core/record/record.ts'
import { dataShape } from '../report/summary.ts'

export const startRecord = record('run.json', z.object({ startedAt: z.string() }))

export const dataRecord = record('data.json', dataShape)

/** How a section ended; `partial`: some of its checks were filtered out. */
export const sectionRecord = recordPer(
  'section-<name>.json',
  z.object({
    status: z.enum(['passed', 'failed', 'partial']),
    registered: z.number(),
    finished: z.number(),
    failed: z.number(),
  }),
)

const namesShape = z.object({ present: z.array(z.string()), different: z.array(z.string()) })
const foundShape = z.object({ indexes: namesShape, constraints: namesShape })
/** What of the lock is there, by `table.name`. */
export type FoundAdditions = z.infer<typeof foundShape>

export const foundRecord = record('found.json', foundShape)

/** Names as `table.name`. */
export const leftRecord = record('left.json', z.array(z.string()))
