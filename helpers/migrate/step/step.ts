import { z } from 'zod'

const warningShape = z.object({ level: z.string(), code: z.number(), message: z.string() })

/** One statement to run, and what became of it; a line of steps.jsonl. */
export const stepShape = z.object({
  /** `phase:kind:table.name`, the same in every run of the same lock. */
  id: z.string(),
  phase: z.enum(['apply', 'rollback', 'reapply', 'third-apply']),
  kind: z.enum(['switch', 'setting', 'index', 'constraint', 'analyze']),
  table: z.string(),
  name: z.string(),
  sql: z.string(),
  /** `cut`: the connection was lost, and the server may have gone on with the statement. */
  status: z.enum(['planned', 'already', 'running', 'done', 'failed', 'cut']),
  at: z.string().optional(),
  jobId: z.number().optional(),
  /** Rows that the server's DDL job has gone through. */
  rows: z.number().optional(),
  durationMs: z.number().optional(),
  /** ms that it was expected to take, beside what ran at the same time. */
  estimateMs: z.number().optional(),
  warnings: z.array(warningShape).default([]),
  error: z.string().optional(),
  /** The connection was cut, and the step finished with the job that the server still had. */
  reattached: z.boolean().optional(),
  /** Transactions that were in its way, one line each. */
  blockedBy: z.array(z.string()).optional(),
})
export type Step = z.infer<typeof stepShape>
export type Phase = Step['phase']

export const stepsFile = 'steps.jsonl'

/** A step that has not run yet, or need not run. */
export const planStep = (
  phase: Phase,
  kind: Step['kind'],
  target: { table: string; name: string },
  sql: string,
  status: 'planned' | 'already' = 'planned',
): Step => {
  const place = [target.table, target.name].filter((part) => part !== '').join('.')
  return { id: `${phase}:${kind}:${place}`, phase, kind, ...target, sql, status, warnings: [] }
}

/** The last state of each step, in the order in which they were first seen. */
export const latestSteps = (lines: readonly Step[]): Step[] => [
  ...new Map(lines.map((step) => [step.id, step])).values(),
]
