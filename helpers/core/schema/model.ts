import { z } from 'zod'

const indexPart = z.union([
  z.object({ column: z.string(), length: z.number().optional() }),
  z.object({ expression: z.string() }),
])

/** An index as the server holds it. `definition` is the server's own text, ready for ALTER TABLE … ADD. */
export const indexShape = z.object({
  table: z.string(),
  name: z.string(),
  unique: z.boolean(),
  parts: z.array(indexPart),
  visible: z.boolean(),
  comment: z.string(),
  definition: z.string(),
})
export type Index = z.infer<typeof indexShape>

/** Whether an index has an entry for each member of a JSON array, and not for each row. */
export const isMultiValued = ({ parts }: Index): boolean =>
  parts.some((part) => 'expression' in part && /\barray\)$/i.test(part.expression))

/** A CHECK constraint. `clause` is without outer parentheses. */
export const constraintShape = z.object({
  table: z.string(),
  name: z.string(),
  clause: z.string(),
  enforced: z.boolean(),
})
export type Constraint = z.infer<typeof constraintShape>

const columnShape = z.object({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  collation: z.string().nullable(),
  generated: z.boolean(),
  autoIncrement: z.boolean(),
})
export type Column = z.infer<typeof columnShape>

const foreignKeyShape = z.object({
  table: z.string(),
  name: z.string(),
  columns: z.array(z.string()),
  referencedTable: z.string(),
  referencedColumns: z.array(z.string()),
})
export type ForeignKey = z.infer<typeof foreignKeyShape>

const tableShape = z.object({
  name: z.string(),
  primaryKey: z.array(z.string()),
  columns: z.array(columnShape),
  indexes: z.array(indexShape),
  constraints: z.array(constraintShape),
  foreignKeys: z.array(foreignKeyShape),
  /** Everything else that SHOW CREATE TABLE prints: columns, primary key, foreign keys, then the options. */
  rest: z.array(z.string()),
})
export type Table = z.infer<typeof tableShape>

const viewShape = z.object({
  name: z.string(),
  /** The text after AS. */
  definition: z.string(),
  /** Its columns, definer and security; empty in a lock made before they were read. */
  header: z.string().default(''),
})
export type View = z.infer<typeof viewShape>

/** A schema as read from a server. Tables and views are in the order of their names. */
export const snapshotShape = z.object({ tables: z.array(tableShape), views: z.array(viewShape) })
export type Snapshot = z.infer<typeof snapshotShape>

/** `table.name`, the way reports and steps call an index or a constraint. */
export const qualifiedName = (item: { table: string; name: string }): string => `${item.table}.${item.name}`

/** Finds a table; TiDB compares table names without case. */
export const findTable = (snapshot: Snapshot, name: string): Table | undefined =>
  snapshot.tables.find((table) => table.name.toLowerCase() === name.toLowerCase())
