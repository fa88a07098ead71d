import { hideTexts } from './hidden-values.ts'
import type { AccessObject, Operator, QueryPlan } from './plan.ts'
import { withoutGaps } from './statistics.ts'

type PlanLine = readonly [id: string, estRows: string, task: string, access: string, info: string]

const headings: PlanLine = ['id', 'estRows', 'task', 'access object', 'operator info']

/** A table as a reader knows it: `Order`, `Order (o)`, or `o (?)` where only the alias is known. */
export const tableLabel = ({ alias, table }: AccessObject): string => {
  if (alias === undefined) return ''
  if (table === undefined) return `${alias} (?)`
  return table.toLowerCase() === alias.toLowerCase() ? table : `${table} (${alias})`
}

const accessLabel = (access: AccessObject): string =>
  [
    access.alias === undefined ? '' : `table:${tableLabel(access)}`,
    access.partition === undefined ? '' : `partition:${access.partition}`,
    access.index === undefined ? '' : `index:${access.index.name}(${access.index.columns.join(', ')})`,
  ]
    .filter((part) => part !== '')
    .join(', ')

const linesOf = (operator: Operator, texts: readonly string[], first = '', rest = first): PlanLine[] => {
  const role = operator.role === undefined ? '' : `(${operator.role})`
  const last = operator.children.length - 1
  return [
    [
      `${first}${operator.id}${role}`,
      operator.estRows.toFixed(2),
      operator.taskType,
      accessLabel(operator.accessObject),
      hideTexts(operator.operatorInfo, texts),
    ],
    ...operator.children.flatMap((child, n) =>
      n === last
        ? linesOf(child, texts, `${rest}└─`, `${rest}  `)
        : linesOf(child, texts, `${rest}├─`, `${rest}│ `),
    ),
  ]
}

/**
 * The plan as the tree that TiDB's own EXPLAIN prints, with the table's name beside its alias.
 *
 * Ranges show the query's own literals, as EXPLAIN does, and `?` for the texts that it was asked with.
 */
export const renderPlan = (plan: QueryPlan): string => {
  const lines = [headings, ...plan.roots.flatMap((root) => linesOf(root, plan.texts ?? []))]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const tree = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const unknown = withoutGaps(plan)
  return [
    ...tree,
    ...(plan.fromBinding ? ['(chosen by a binding: see SHOW GLOBAL BINDINGS)'] : []),
    ...(unknown.length === 0 ? [] : [`(TiDB keeps no statistics of ${unknown.join(', ')})`]),
  ].join('\n')
}

/** The plan in short: operators, rows that the planner expects, and what they read. */
export const compactPlan = (plan: QueryPlan): string[] =>
  plan.roots
    .flatMap((root) => linesOf(root, []))
    .map(([id, estRows, , access]) => `${id}  ${estRows}${access === '' ? '' : `  ${access}`}`)

/** Two plans in short next to each other. */
export const renderSideBySide = (
  left: { readonly title: string; readonly plan: readonly string[] },
  right: { readonly title: string; readonly plan: readonly string[] },
): string => {
  const [ours, theirs] = [left, right].map(({ title, plan }) => [title, ...plan])
  const width = Math.max(...(ours ?? []).map((line) => line.length))
  const rows = Math.max(ours?.length ?? 0, theirs?.length ?? 0)
  return Array.from({ length: rows }, (_, n) =>
    `${(ours?.[n] ?? '').padEnd(width)}  |  ${theirs?.[n] ?? ''}`.trimEnd(),
  ).join('\n')
}
