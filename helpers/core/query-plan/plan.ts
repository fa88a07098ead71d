/** One index as EXPLAIN prints it. Columns carry no prefix length; an expression stands as its text. */
export interface IndexAccess {
  readonly name: string
  readonly columns: readonly string[]
}

/** What an operator reads. All fields are undefined for one that reads no table itself. */
export interface AccessObject {
  /** The name that EXPLAIN prints: the alias where the query gives one, else the table. */
  readonly alias: string | undefined
  /** The table behind the alias; undefined where the server could not say which one it is. */
  readonly table: string | undefined
  readonly index: IndexAccess | undefined
  readonly partition: string | undefined
}

/** One line of EXPLAIN, with the lines below it. */
export interface Operator {
  /** As printed, without its role: `IndexRangeScan_12`. */
  readonly id: string
  /** `IndexRangeScan`, `TableFullScan`, `Point_Get`… */
  readonly kind: string
  /** `Build`, `Probe`, `Seed Part`…: its part in the operator above it. */
  readonly role: string | undefined
  /** Rows that the planner expects, not rows that were read. */
  readonly estRows: number
  /** `root` is TiDB itself, `cop[tikv]` the storage. */
  readonly taskType: string
  readonly accessObject: AccessObject
  readonly operatorInfo: string
  readonly children: readonly Operator[]
}

/** What EXPLAIN answered for one statement. A common table expression is a root of its own. */
export interface QueryPlan {
  readonly sql: string
  readonly roots: readonly Operator[]
  /** True when a binding in the server chose the plan, so it says little about the indexes themselves. */
  readonly fromBinding: boolean
  /** `table.name` in lower case of what TiDB keeps no statistics of; asked for only where some are lacking. */
  readonly withoutStatistics?: readonly string[]
  /** What the query was asked with: the target's own, and not for reports. */
  readonly texts?: readonly string[]
}

/** An operator and all operators above it, nearest first. */
export interface Placed {
  readonly operator: Operator
  readonly above: readonly Operator[]
}

const placeOperators = (operator: Operator, above: readonly Operator[]): Placed[] => [
  { operator, above },
  ...operator.children.flatMap((child) => placeOperators(child, [operator, ...above])),
]

/**
 * Every operator of the plan, in the order that EXPLAIN prints.
 *
 * Above a common table expression stands the whole main query: EXPLAIN draws no line between the two.
 */
export const operatorsOf = ({ roots: [main, ...expressions] }: QueryPlan): Placed[] => {
  if (main === undefined) return []
  const placed = placeOperators(main, [])
  const mainOperators = placed.map(({ operator }) => operator)
  return [...placed, ...expressions.flatMap((root) => placeOperators(root, mainOperators))]
}

/** What a plan does, without row counts and the numbers of its operators: equal where two plans do the same. */
export const planShapeOf = (plan: QueryPlan): string =>
  operatorsOf(plan)
    .map(({ operator: { kind, accessObject }, above }) =>
      [above.length, kind, accessObject.alias, accessObject.index?.name].join(' '),
    )
    .join('; ')
