import type { Constraint } from '../../core/schema/model.ts'
import { type RowShape, settableColumnsOf } from '../../core/schema/settable-columns.ts'
import { quoteName } from '../../core/text/quote.ts'

export const orderByKey = ({ key }: RowShape): string => `ORDER BY ${key.map(quoteName).join(', ')}`

/** Sets of one, then two, then three columns: the smaller the change, the surer what the server refuses. */
const subsets = <T>(items: readonly T[]): T[][] => {
  const ones = items.map((item, at) => ({ set: [item], last: at }))
  const grow = (grown: { set: T[]; last: number }) =>
    items.flatMap((item, at) => (at > grown.last ? [{ set: [...grown.set, item], last: at }] : []))
  const twos = ones.flatMap(grow)
  return [...ones, ...twos, ...twos.flatMap(grow)].map(({ set }) => set)
}

/**
 * Which columns to change, in the order to try: those of the clause; then with those of clauses that share
 * a column with it, because `quantity = 0` also breaks `max_per_order <= quantity` unless that is NULL.
 */
export const columnSets = (shape: RowShape, clause: string, others: readonly Constraint[]): string[][] => {
  const own = settableColumnsOf(shape, clause)
  const shared = others
    .map((other) => settableColumnsOf(shape, other.clause))
    .filter((columns) => columns.some((name) => own.includes(name)))
    .flat()
    .filter((name) => !own.includes(name))
  const wider = subsets([...own, ...new Set(shared)])
  const touchesBoth = (set: readonly string[]) =>
    own.includes(set[0] ?? '') && set.some((name) => !own.includes(name))
  return [...subsets(own), ...wider.filter(touchesBoth)]
}
