/** Quotes a name for SQL. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** Quotes a string for SQL. */
export const quoteText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
