const named = (table: string) => `information_schema.${table}`

/**
 * SQL for columns of what this node has counted of the statements of the session's database, with a condition: a line for
 * each statement, plan and window. STATEMENTS_SUMMARY holds the present window alone, of half an hour by default, and
 * STATEMENTS_SUMMARY_HISTORY repeats it after those before (issue 5, seen on v7.5.0: a reading just after the turn of a
 * window held nothing, and the sum of both tables counted everything twice).
 */
export const countedStatements = (columns: string, condition: string): string => {
  const from = (table: string) =>
    `SELECT ${columns} FROM ${named(table)} WHERE LOWER(SCHEMA_NAME) = LOWER(DATABASE()) AND ${condition}`
  const present = `SELECT COALESCE(MAX(SUMMARY_BEGIN_TIME), '9999-12-31') FROM ${named('statements_summary')}`
  return `${from('statements_summary')}
    UNION ALL ${from('statements_summary_history')} AND SUMMARY_BEGIN_TIME < (${present})`
}
