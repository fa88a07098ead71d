import { sameName } from '../text/names.ts'
import { type Operator, operatorsOf, type QueryPlan } from './plan.ts'

/** Statistics that a scan should have had and did not have when the planner chose. */
export interface StatisticsGap {
  readonly operator: Operator
  /** `pseudo`: none for the table. `missing`: none for an index or column. `unloaded`: not in memory. */
  readonly kind: 'pseudo' | 'missing' | 'unloaded'
  /** The indexes and columns concerned, as EXPLAIN names them; empty for `pseudo`. */
  readonly names: readonly string[]
}

interface Partial {
  readonly items: readonly { readonly name: string; readonly status: string }[]
  /** What stands behind "...(more: 2 missing)": EXPLAIN names three at most. */
  readonly more: string
}

const partialOf = ({ operatorInfo }: Operator): Partial => {
  const [, list = '', more = ''] = /stats:partial\[(.*?)(?:\.\.\.\(more: (.*?)\))?\]/.exec(operatorInfo) ?? []
  const items = [...list.matchAll(/([^,[\]]+):(\w+)(?:, |$)/g)].map(([, name = '', status = '']) => ({
    name: name.trim(),
    status,
  }))
  return { items, more }
}

const isPseudo = ({ operatorInfo }: Operator): boolean => /\bstats:pseudo\b/.test(operatorInfo)

const gapsOf = (operator: Operator, never: readonly string[]): StatisticsGap[] => {
  if (isPseudo(operator)) return [{ operator, kind: 'pseudo', names: [] }]
  const { items: listed, more } = partialOf(operator)
  const { index, table } = operator.accessObject
  const items = listed.filter(({ name }) => !never.includes(`${table}.${name}`.toLowerCase()))
  const isOwn = (name: string) =>
    sameName(index?.name, name) || (index?.columns.some((column) => sameName(column, name)) ?? false)
  const missing = items.filter(({ status }) => status === 'missing').map(({ name }) => name)
  if (/\bmissing\b/.test(more)) missing.push(`more: ${more}`)
  const unloaded = items.filter(({ name, status }) => status !== 'missing' && isOwn(name))
  return [
    ...(missing.length === 0 ? [] : [{ operator, kind: 'missing' as const, names: missing }]),
    ...(unloaded.length === 0
      ? []
      : [{ operator, kind: 'unloaded' as const, names: unloaded.map(({ name }) => name) }]),
  ]
}

/**
 * What the planner did not know about the data, one entry a scan and kind of gap.
 *
 * TiDB lists every index of the table whose statistics are not in memory (`stats:partial[…:allEvicted]`),
 * also those that the query has no use for: only the scan's own index and columns count here. A `missing`
 * index counts always, for the planner could not weigh it against the one it took. What TiDB keeps no statistics of
 * (`withoutStatistics`) counts never: no ANALYZE would help.
 */
export const statisticsGaps = (plan: QueryPlan): StatisticsGap[] =>
  operatorsOf(plan).flatMap(({ operator }) => gapsOf(operator, plan.withoutStatistics ?? []))

/** What the plan was chosen without statistics of, because TiDB keeps none of it. */
export const withoutGaps = (plan: QueryPlan): string[] => {
  const never = plan.withoutStatistics ?? []
  const names = operatorsOf(plan).flatMap(({ operator }) =>
    partialOf(operator)
      .items.map(({ name }) => `${operator.accessObject.table}.${name}`)
      .filter((name) => never.includes(name.toLowerCase())),
  )
  return [...new Set(names)]
}

/** Whether a table of the plan has no statistics at all (`stats:pseudo`): its estimates are guesses. */
export const hasPseudoStatistics = (plan: QueryPlan): boolean =>
  operatorsOf(plan).some(({ operator }) => isPseudo(operator))

// A full scan may have been taken because the statistics of the index it should use were not there yet.
const mayHaveMissed = (operator: Operator): boolean =>
  operator.kind === 'TableFullScan' &&
  partialOf(operator).items.some(({ status }) => /Evicted|Remained/.test(status))

/**
 * Whether the server may still be loading statistics that a scan of this plan needs, or would have needed.
 *
 * TiDB loads them on demand, in the background within one statistics lease (3 s by default). EXPLAIN lists
 * three names at most, so what it leaves out counts as needed.
 */
export const areStatisticsLoading = (plan: QueryPlan): boolean =>
  operatorsOf(plan).some(
    ({ operator }) =>
      gapsOf(operator, plan.withoutStatistics ?? []).some(({ kind }) => kind === 'unloaded') ||
      mayHaveMissed(operator) ||
      /Evicted|Remained/.test(partialOf(operator).more),
  )
