import { z } from 'zod'
import { HarnessError, messageOf } from '../errors/harness-error.ts'
import type { AccessObject, IndexAccess, Operator } from './plan.ts'

interface Node {
  readonly id: string
  readonly estRows: number
  readonly taskType: string
  readonly accessObject?: string | undefined
  readonly operatorInfo?: string | undefined
  readonly subOperators?: Node[] | undefined
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    id: z.string().regex(/^\w+/),
    estRows: z.coerce.number(),
    taskType: z.string(),
    accessObject: z.string().optional(),
    operatorInfo: z.string().optional(),
    subOperators: z.array(node).optional(),
  }),
)

/** Splits at the commas outside of parentheses: an expression in an index has commas of its own. */
const splitColumns = (list: string): string[] => {
  const columns = ['']
  let depth = 0
  for (const char of list) {
    if (char === '(') depth += 1
    if (char === ')') depth -= 1
    if (char === ',' && depth === 0) columns.push('')
    else columns.push(`${columns.pop() ?? ''}${char}`)
  }
  return columns.map((column) => column.trim())
}

// From the end: the name may hold parentheses of its own, and those of the columns close.
const toIndexAccess = (text = ''): IndexAccess | undefined => {
  let depth = 0
  for (let at = text.length - 1; at > 0; at--) {
    if (text[at] === ')') depth += 1
    if (text[at] === '(') depth -= 1
    if (depth === 0) return { name: text.slice(0, at), columns: splitColumns(text.slice(at + 1, -1)) }
  }
  return undefined
}

// These print the table itself even where the query gives it an alias (seen on v7.5.0).
const printsTable = new Set(['Point_Get', 'Batch_Point_Get', 'MemTableScan'])

const tableWithIndex = /^table:(.+?)(?:, partition:(.+?))?(?:, (?:clustered )?index:(.+))?$/

/** The alias that a text begins with: one that the server named, for it may look like what follows; else up to a comma. */
const partsOf = (text: string, aliases: Iterable<string>): (string | undefined)[] => {
  const after = text.slice('table:'.length).toLowerCase()
  const isHere = (alias: string) =>
    after === alias || /^, (?:partition|(?:clustered )?index):/.test(after.slice(alias.length))
  const [known] = [...aliases]
    .filter((alias) => after.startsWith(alias) && isHere(alias))
    .toSorted((a, b) => b.length - a.length)
  if (known === undefined || !text.startsWith('table:'))
    return [...(tableWithIndex.exec(text) ?? [])].slice(1)
  const end = 'table:'.length + known.length
  const [, , partition, index] = tableWithIndex.exec(`table:x${text.slice(end)}`) ?? []
  return [text.slice('table:'.length, end), partition, index]
}

const toAccess = (text: string, kind: string, tables: ReadonlyMap<string, string>): AccessObject => {
  const [alias, ofTable, index] = partsOf(text, tables.keys())
  const [, ofReader] = /^partition:(.+)$/.exec(text) ?? []
  return {
    alias,
    table: printsTable.has(kind) ? alias : tables.get(alias?.toLowerCase() ?? ''),
    index: toIndexAccess(index),
    partition: ofTable ?? ofReader,
  }
}

const toOperator = (found: Node, tables: ReadonlyMap<string, string>): Operator => {
  const [, id = found.id, kind = found.id, role] = /^((\w+?)(?:_\d+)?)(?:\((.+)\))?$/.exec(found.id) ?? []
  return {
    id,
    kind,
    role,
    estRows: found.estRows,
    taskType: found.taskType,
    accessObject: toAccess(found.accessObject ?? '', kind, tables),
    operatorInfo: found.operatorInfo ?? '',
    children: (found.subOperators ?? []).map((child) => toOperator(child, tables)),
  }
}

/**
 * The operators in an answer of EXPLAIN FORMAT='tidb_json'.
 *
 * `tables` names the table behind each alias in lower case. Throws QUERY_PLAN_SHAPE on any other text.
 */
export const parsePlan = (json: string, tables: ReadonlyMap<string, string>): Operator[] => {
  try {
    return z
      .array(node)
      .min(1)
      .parse(JSON.parse(json))
      .map((root) => toOperator(root, tables))
  } catch (cause) {
    throw new HarnessError('QUERY_PLAN_SHAPE', {
      what: `EXPLAIN FORMAT='tidb_json' answered in a shape that this suite does not know: ${json.slice(0, 200)}`,
      why: messageOf(cause),
      next: 'Explain a query (SELECT or WITH) on TiDB 7.5 or later; if it was one, report the answer above.',
      cause,
    })
  }
}
