/** Quotes a name for SQL. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** Quotes a string for SQL. */
export const quoteText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** A word as a POSIX shell takes it; in quotes only where it needs them. */
export const quoteForShell = (word: string): string =>
  /^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
