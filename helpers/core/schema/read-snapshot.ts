import { z } from 'zod'
import { HarnessError } from '../errors/harness-error.ts'
import type { ReadSession } from '../server/session.ts'
import { quoteName } from '../text/quote.ts'
import { parseDefinition, withoutOuterParentheses } from './definition.ts'
import type { Column, Constraint, ForeignKey, Index, Snapshot, Table, View } from './model.ts'

const checkEntry = /^CONSTRAINT `((?:[^`]|``)+)` CHECK ([\s\S]*?)( \/\*!80016 NOT ENFORCED \*\/)?$/
const indexEntry = /^(?:UNIQUE |FULLTEXT |SPATIAL )?KEY `((?:[^`]|``)+)` /
const plainName = (name: string) => name.replaceAll('``', '`')
const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)

const columnRow = z.object({
  tableName: z.string(),
  name: z.string(),
  type: z.string(),
  nullable: z.string(),
  collation: z.string().nullable(),
  extra: z.string(),
})
const indexRow = z.object({
  tableName: z.string(),
  name: z.string(),
  nonUnique: z.number(),
  columnName: z.string().nullable(),
  length: z.number().nullable(),
  comment: z.string().nullable(),
  expression: z.string().nullable(),
  visible: z.string(),
})
const foreignKeyRow = z.object({
  tableName: z.string(),
  name: z.string(),
  columnName: z.string(),
  referencedTable: z.string(),
  referencedColumn: z.string(),
})

const viewRow = z.object({
  name: z.string(),
  definition: z.string(),
  definer: z.string(),
  security: z.string(),
})

// Most tables of information_schema compare TABLE_SCHEMA by case, while USE and SHOW do not: read with the
// name as DATABASE() has it, the schema of a database called by another case would seem empty.
const readDatabaseName = async (session: ReadSession): Promise<string> => {
  const [found] = await session.rows(
    z.object({ name: z.string() }),
    `SELECT SCHEMA_NAME AS name FROM information_schema.schemata WHERE LOWER(SCHEMA_NAME) = LOWER(DATABASE())`,
  )
  if (found !== undefined) return found.name
  throw new HarnessError('NO_DATABASE', {
    what: 'The connection names no database that the account can see.',
    next: 'Put the name of the database at the end of DATABASE_URL, and check the grants of the account.',
  })
}

const readColumns = (session: ReadSession, database: string) =>
  session.rows(
    columnRow,
    `SELECT TABLE_NAME AS tableName, COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable,
            COLLATION_NAME AS collation, EXTRA AS extra
       FROM information_schema.columns WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    [database],
  )

// information_schema.statistics of v7.5.0 has SUB_PART NULL for a prefix index; tidb_indexes has the length.
const readIndexes = (session: ReadSession, database: string) =>
  session.rows(
    indexRow,
    `SELECT TABLE_NAME AS tableName, KEY_NAME AS name, NON_UNIQUE AS nonUnique, COLUMN_NAME AS columnName,
            SUB_PART AS length, INDEX_COMMENT AS comment, Expression AS expression, IS_VISIBLE AS visible
       FROM information_schema.tidb_indexes WHERE TABLE_SCHEMA = ?
      ORDER BY TABLE_NAME, KEY_NAME, SEQ_IN_INDEX`,
    [database],
  )

const readForeignKeys = (session: ReadSession, database: string) =>
  session.rows(
    foreignKeyRow,
    `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS name, COLUMN_NAME AS columnName,
            REFERENCED_TABLE_NAME AS referencedTable, REFERENCED_COLUMN_NAME AS referencedColumn
       FROM information_schema.key_column_usage
      WHERE TABLE_SCHEMA = ? AND REFERENCED_TABLE_NAME IS NOT NULL
      ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
    [database],
  )

const toIndexPart = (row: z.infer<typeof indexRow>): Index['parts'][number] => {
  if (row.expression !== null) return { expression: row.expression }
  return { column: row.columnName ?? '', ...(row.length === null ? {} : { length: row.length }) }
}

const toIndex = (rows: readonly z.infer<typeof indexRow>[], definition: string): Index | undefined => {
  const first = rows[0]
  if (first === undefined) return undefined
  return {
    table: first.tableName,
    name: first.name,
    unique: first.nonUnique === 0,
    parts: rows.map(toIndexPart),
    visible: first.visible === 'YES',
    comment: first.comment ?? '',
    definition,
  }
}

const toForeignKeys = (rows: readonly z.infer<typeof foreignKeyRow>[]): ForeignKey[] =>
  [...Map.groupBy(rows, (row) => row.name)].map(([name, parts]) => ({
    table: parts[0]?.tableName ?? '',
    name,
    columns: parts.map((part) => part.columnName),
    referencedTable: parts[0]?.referencedTable ?? '',
    referencedColumns: parts.map((part) => part.referencedColumn),
  }))

const toColumn = (row: z.infer<typeof columnRow>): Column => ({
  name: row.name,
  type: row.type,
  nullable: row.nullable === 'YES',
  collation: row.collation,
  // A default that is an expression is DEFAULT_GENERATED, which is another thing.
  generated: /\b(?:VIRTUAL|STORED) GENERATED\b/i.test(row.extra),
  autoIncrement: /auto_increment/i.test(row.extra),
})

const toView = (row: z.infer<typeof viewRow>, columns: readonly z.infer<typeof columnRow>[]): View => ({
  name: row.name,
  definition: row.definition,
  header: ` (${columns.map(({ name }) => name).join(', ')}), definer ${row.definer}, security ${row.security}`,
})

const toTable = (
  name: string,
  createTable: string,
  facts: {
    columns: readonly z.infer<typeof columnRow>[]
    indexes: readonly z.infer<typeof indexRow>[]
    foreignKeys: readonly z.infer<typeof foreignKeyRow>[]
  },
): Table => {
  const { entries, options } = parseDefinition(createTable)
  const rowsOfIndex = Map.groupBy(facts.indexes, (row) => row.name)
  const indexes: Index[] = []
  const constraints: Constraint[] = []
  const rest: string[] = []
  for (const entry of entries) {
    const check = checkEntry.exec(entry)
    const key = indexEntry.exec(entry)
    const index = key === null ? undefined : toIndex(rowsOfIndex.get(plainName(key[1] ?? '')) ?? [], entry)
    if (index !== undefined) indexes.push(index)
    else if (check !== null) {
      const clause = withoutOuterParentheses(check[2] ?? '')
      constraints.push({
        table: name,
        name: plainName(check[1] ?? ''),
        clause,
        enforced: check[3] === undefined,
      })
    } else rest.push(entry)
  }
  return {
    name,
    primaryKey: (rowsOfIndex.get('PRIMARY') ?? []).map((row) => row.columnName ?? ''),
    columns: facts.columns.map(toColumn),
    indexes: indexes.toSorted(byName),
    constraints: constraints.toSorted(byName),
    foreignKeys: toForeignKeys(facts.foreignKeys),
    rest: [...rest, options],
  }
}

/**
 * Reads the schema of the session's database: tables, views, indexes, constraints, foreign keys.
 * The texts come from SHOW CREATE TABLE, the only place where v7.5 names a constraint's table.
 */
export const readSnapshot = async (session: ReadSession): Promise<Snapshot> => {
  const database = await readDatabaseName(session)
  const listed = await session.rows(
    z.object({ name: z.string(), type: z.string() }),
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.tables WHERE TABLE_SCHEMA = ?`,
    [database],
  )
  const [columns, indexes, foreignKeys] = [
    Map.groupBy(await readColumns(session, database), (row) => row.tableName),
    Map.groupBy(await readIndexes(session, database), (row) => row.tableName),
    Map.groupBy(await readForeignKeys(session, database), (row) => row.tableName),
  ]
  const tables: Table[] = []
  for (const { name } of listed.filter(({ type }) => type === 'BASE TABLE').toSorted(byName)) {
    const shown = await session.row(
      z.object({ 'Create Table': z.string() }),
      `SHOW CREATE TABLE ${quoteName(name)}`,
    )
    const facts = {
      columns: columns.get(name) ?? [],
      indexes: indexes.get(name) ?? [],
      foreignKeys: foreignKeys.get(name) ?? [],
    }
    tables.push(toTable(name, shown['Create Table'], facts))
  }
  const views = await session.rows(
    viewRow,
    `SELECT TABLE_NAME AS name, VIEW_DEFINITION AS definition, DEFINER AS definer, SECURITY_TYPE AS security
       FROM information_schema.views WHERE TABLE_SCHEMA = ?`,
    [database],
  )
  const listedViews = listed.filter(({ type }) => type === 'VIEW').length
  if (views.length !== listedViews) {
    throw new HarnessError('VIEWS_UNREADABLE', {
      what: `The server lists ${listedViews} views but shows the text of ${views.length}.`,
      next: 'Give the account the privilege SHOW VIEW on this database.',
    })
  }
  return { tables, views: views.map((row) => toView(row, columns.get(row.name) ?? [])).toSorted(byName) }
}
