import { HarnessError } from '../../core/errors/harness-error.ts'

/** One statement of a file of named statements, with what its header says of it. */
export interface NamedStatement {
  readonly name: string
  readonly about: Readonly<Record<string, string>>
  readonly sql: string
}

const headerLine = /^--\s*([a-z]+):\s*(.*)$/

const invalid = (file: string, what: string): HarnessError =>
  new HarnessError('STATEMENTS_INVALID', {
    what: `${file}: ${what}.`,
    next: 'Give each statement a header of its own that begins with "-- name: …".',
  })

const isComment = (line: string) => line.trim() === '' || line.startsWith('--')

// What follows the last line of the statement, such as a heading of the next ones, is no part of it.
const statementOf = (lines: readonly string[]): string =>
  lines
    .slice(0, lines.findLastIndex((line) => !isComment(line)) + 1)
    .join('\n')
    .trim()
    .replace(/;$/, '')

/**
 * Reads a SQL file in which each statement follows a header of `-- key: value` lines that begins with
 * `-- name:`. A key that stands on several lines is joined by spaces. Throws STATEMENTS_INVALID.
 */
export const parseNamedStatements = (text: string, file: string): NamedStatement[] => {
  const found: { name: string; about: Record<string, string>; sql: string[] }[] = []
  for (const line of text.split(/\r?\n/)) {
    const [, key, value = ''] = headerLine.exec(line) ?? []
    const current = found.at(-1)
    if (key === 'name') found.push({ name: value.trim(), about: {}, sql: [] })
    else if (current === undefined) {
      if (!isComment(line)) throw invalid(file, `"${line.trim()}" stands before the first name`)
    } else if (current.sql.length > 0 || !isComment(line)) current.sql.push(line)
    else if (key !== undefined) {
      const before = current.about[key]
      current.about[key] = before === undefined ? value.trim() : `${before} ${value.trim()}`
    }
  }
  const statements = found.map(({ name, about, sql }) => ({ name, about, sql: statementOf(sql) }))
  const names = found.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw invalid(file, `"${twice}" stands twice`)
  const empty = statements.find(({ name, sql }) => name === '' || sql === '')
  if (empty !== undefined) throw invalid(file, `"${empty.name}" has no name or no statement`)
  return statements
}
