/** A SHOW CREATE TABLE text, cut into its parts. */
export interface TableDefinition {
  /** Columns, keys and constraints, one entry each, as the server prints them. */
  readonly entries: readonly string[]
  /** What follows the closing parenthesis, without AUTO_INCREMENT and AUTO_RANDOM_BASE, which move with the data. */
  readonly options: string
}

// The server doubles every quote that it prints, and prints none as \'. A backslash may thus not count here:
// it is doubled in defaults and comments but not in ENUM and SET, where 'a\' is a whole value.
const endOfQuoted = (text: string, start: number): number => {
  const quote = text[start]
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote && text[at + 1] === quote) at++
    else if (text[at] === quote) return at
  }
  return text.length
}

/** Calls `visit` for each character outside quotes, with the depth of parentheses before it. */
const scan = (text: string, visit: (character: string, at: number, depth: number) => boolean): void => {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === "'" || character === '"' || character === '`') {
      at = endOfQuoted(text, at)
      continue
    }
    if (!visit(character, at, depth)) return
    if (character === '(') depth++
    if (character === ')') depth--
  }
}

/** Where the first parenthesis that the text opens is closed, one place further; the text's end where there is none. */
export const endOfParts = (text: string): number => {
  let end = text.length
  scan(text, (character, at, depth) => {
    if (character === ')' && depth === 1) end = at + 1
    return end === text.length
  })
  return end
}

// The counters stand before the table's comment, which may speak of them.
const withoutCounters = (options: string): string => {
  const [head = ''] = options.split(" COMMENT='", 1)
  const still = head
    .replace(/ AUTO_INCREMENT=\d+/, '')
    .replace(/ \/\*T!\[auto_rand_base\] AUTO_RANDOM_BASE=\d+ \*\//, '')
  return still + options.slice(head.length)
}

/** Cuts the text of SHOW CREATE TABLE. Quotes, commas and newlines inside names and strings are kept whole. */
export const parseDefinition = (createTable: string): TableDefinition => {
  const entries: string[] = []
  let start = -1
  let end = createTable.length
  scan(createTable, (character, at, depth) => {
    if (character === '(' && depth === 0) start = at + 1
    else if (start >= 0 && depth === 1 && (character === ',' || character === ')')) {
      entries.push(createTable.slice(start, at).trim())
      start = at + 1
      end = at
      return character === ','
    }
    return true
  })
  return { entries, options: withoutCounters(createTable.slice(end + 1).trim()) }
}

/**
 * Removes parentheses that enclose the whole clause. TiDB adds a pair each time a CHECK goes through
 * SHOW CREATE TABLE, so two clauses are only comparable without them.
 */
export const withoutOuterParentheses = (clause: string): string => {
  const text = clause.trim()
  if (!text.startsWith('(')) return text
  let closesAt = -1
  scan(text, (character, at, depth) => {
    if (character === ')' && depth === 1) closesAt = at
    return closesAt < 0
  })
  return closesAt === text.length - 1 ? withoutOuterParentheses(text.slice(1, -1)) : text
}

// Strings are matched only to be stepped over: one may hold backticks, and a name may hold a quote.
const stringOrName = /'(?:[^']|'')*'|`(?:[^`]|``)+`/g
const isName = (found: string) => found.startsWith('`')

/** The columns that an expression names. The server prints every name between backticks. */
export const columnsIn = (expression: string): string[] => {
  const names = (expression.match(stringOrName) ?? []).filter(isName)
  return [...new Set(names.map((name) => name.slice(1, -1).replaceAll('``', '`')))]
}

/** An expression with its names in lower case: TiDB prints a column as it was typed, and finds it either way. */
export const withLowerNames = (expression: string): string =>
  expression.replace(stringOrName, (found) => (isName(found) ? found.toLowerCase() : found))
