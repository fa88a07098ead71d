import { z } from 'zod'

const oldSetting = z.object({ kind: z.literal('setting'), name: z.string(), sql: z.string() })
const oldAnalyze = z.object({ kind: z.literal('analyze'), name: z.string(), table: z.string().default('') })
const oldError = z.object({ error: z.string() })

const settingOf = (line: object): object => {
  const { data } = oldSetting.safeParse(line)
  const [, name, value] = /^SET GLOBAL (\w+) = (\w+)$/.exec(data?.sql ?? '') ?? []
  if (data === undefined || 'value' in line || name === undefined) return {}
  return { name, value, ...(data.name.endsWith(' as before') ? { restores: 'this run' } : {}) }
}

const attemptOf = (line: object): object => {
  const again = /^again (\d+)$/.exec(oldAnalyze.safeParse(line).data?.name ?? '')?.[1]
  return again === undefined ? {} : { name: '', attempt: Number(again) + 1 }
}

const tablesOfText = (line: object): object => {
  const names = oldAnalyze.safeParse(line).data?.table.split(', ') ?? []
  return 'tables' in line || names.length < 2 ? {} : { tables: names }
}

const failureOfText = (line: object): object => {
  const { data } = oldError.safeParse(line)
  return data === undefined ? {} : { failure: { code: 'STEP_FAILED', what: data.error } }
}

/**
 * A line of steps.jsonl with the fields of today. Earlier versions kept in the name of a step that it puts a setting
 * back or runs once more, and all tables of an ANALYZE in one text; their ledgers must be understood: a rollback goes by them. Any other line comes back as
 * it is.
 */
export const withFields = (line: unknown): unknown =>
  typeof line === 'object' && line !== null
    ? { ...line, ...settingOf(line), ...attemptOf(line), ...tablesOfText(line), ...failureOfText(line) }
    : line
