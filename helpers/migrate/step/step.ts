import { z } from 'zod'
import { failureShape } from '../../core/errors/failure.ts'
import { log } from '../../core/record/record.ts'
import { withFields } from './old-line.ts'

const warningShape = z.object({ level: z.string(), code: z.number(), message: z.string() })

const currentShape = z.object({
  /** Its own, and the same in every run of the same lock. Nothing is read out of it. */
  id: z.string(),
  phase: z.enum(['apply', 'rollback', 'reapply', 'third-apply']),
  kind: z.enum(['switch', 'setting', 'index', 'constraint', 'analyze']),
  table: z.string(),
  /** The tables of a statement of several; `table` lists them for people. */
  tables: z.array(z.string()).optional(),
  name: z.string(),
  /** What a global variable is set to. */
  value: z.string().optional(),
  /** Puts a global variable back to what it was before this run, or before an earlier run that left it changed. */
  restores: z.enum(['this run', 'an earlier run']).optional(),
  /** 2 for a statement that runs once more, and so on; absent the first time. */
  attempt: z.number().optional(),
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
  /** Why it failed, or what cut its connection. */
  failure: failureShape.optional(),
  /** The connection was cut, and the step finished with the job that the server still had. */
  reattached: z.boolean().optional(),
  /** Transactions that were in its way, one line each. */
  blockedBy: z.array(z.string()).optional(),
})

/** One statement to run, and what became of it; a line of steps.jsonl, of this version or of an earlier one. */
export const stepShape = z.preprocess(withFields, currentShape)
export type Step = z.infer<typeof stepShape>
export type Phase = Step['phase']

/** Every state of every step, in a run's folder and in a ledger. */
export const stepLog = log('steps.jsonl', stepShape)

type StepState = Pick<Step, 'value' | 'restores' | 'attempt'>

// As earlier versions had them: a ledger must not hold the way back of a setting under two ids.
const partsOfId = ({ value, restores, attempt }: StepState): string => {
  if (restores === 'this run') return ' as before'
  if (restores === 'an earlier run') return ' as before an earlier run'
  if (attempt !== undefined) return ` attempt ${attempt}`
  return value === undefined ? '' : ` ${value}`
}

/** A step that has not run yet, or need not run. Two on the same place need another state, or they are the same step. */
export const planStep = (
  phase: Phase,
  kind: Step['kind'],
  { table: of, name }: { table: string | readonly string[]; name: string },
  sql: string,
  { status = 'planned', ...state }: StepState & { status?: 'planned' | 'already' } = {},
): Step => {
  const tables = [of].flat()
  const table = tables.join(', ')
  const place = [table, name].filter((part) => part !== '').join('.')
  const id = `${phase}:${kind}:${place}${partsOfId(state)}`
  const several = tables.length > 1 ? { tables } : {}
  return { id, phase, kind, table, ...several, name, ...state, sql, status, warnings: [] }
}

/** The tables that a step goes through. */
export const tablesOf = ({ table, tables = [table] }: Pick<Step, 'table' | 'tables'>): string[] => tables

/** A step that sets a global variable, or puts it back. */
export const settingStep = (
  phase: Phase,
  variable: string,
  value: string,
  restores?: Step['restores'],
): Step =>
  planStep(phase, 'setting', { table: '', name: variable }, `SET GLOBAL ${variable} = ${value}`, {
    value,
    ...(restores === undefined ? {} : { restores }),
  })

/** The last state of each step, in the order in which they were first seen. */
export const latestSteps = (lines: readonly Step[]): Step[] => [
  ...new Map(lines.map((step) => [step.id, step])).values(),
]
