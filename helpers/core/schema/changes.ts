import { HarnessError } from '../errors/harness-error.ts'
import { type Constraint, type Index, qualifiedName, type Snapshot, type Table, type View } from './model.ts'

interface Allowed {
  readonly indexes: readonly Index[]
  readonly constraints: readonly Constraint[]
}

const nothing: Allowed = { indexes: [], constraints: [] }

/** Lines for what stands only in `after` (added), only in `before` (dropped), or in both but not the same. */
export const compareNamed = <T extends { name: string }>(
  kind: string,
  before: readonly T[],
  after: readonly T[],
  text: (item: T) => string,
): string[] => {
  const was = new Map(before.map((item) => [item.name, item]))
  const is = new Map(after.map((item) => [item.name, item]))
  return [
    ...[...is.values()].filter(({ name }) => !was.has(name)).map((item) => `added the ${kind} ${text(item)}`),
    ...[...was.values()]
      .filter(({ name }) => !is.has(name))
      .map((item) => `dropped the ${kind} ${text(item)}`),
    ...[...is.values()].flatMap((item) => {
      const old = was.get(item.name)
      return old === undefined || text(old) === text(item)
        ? []
        : [`changed the ${kind} ${text(old)} to ${text(item)}`]
    }),
  ]
}

const textOfConstraint = ({ table, name, clause, enforced }: Constraint) =>
  `${table}.${name} (${clause})${enforced ? '' : ' NOT ENFORCED'}`

// TiDB keeps a check option and never acts on it, and a dump loses LOCAL (#30149). Older locks and passes name it.
const withoutCheckOption = (header: string) => header.replace(/, check option (?:LOCAL|CASCADED|NONE)$/, '')
const textOfView = ({ name, header, definition }: View) =>
  `${name}${withoutCheckOption(header)}: ${definition}`

const columnOrder = (before: Table, after: Table): string[] => {
  const names = ({ columns }: Table, other: Table) =>
    columns.map(({ name }) => name).filter((name) => other.columns.some((column) => column.name === name))
  const [was, is] = [names(before, after).join(', '), names(after, before).join(', ')]
  return was === is ? [] : [`changed the order of the columns of ${after.name}: ${was} to ${is}`]
}

const changesOfTable = (before: Table, after: Table, allowed: Allowed): string[] => {
  const isAllowed = (kind: keyof Allowed) => {
    const names = new Set(allowed[kind].map(qualifiedName))
    return (item: { table: string; name: string }) => !names.has(qualifiedName(item))
  }
  const restBefore = new Set(before.rest)
  const restAfter = new Set(after.rest)
  return [
    ...compareNamed(
      'index',
      before.indexes,
      after.indexes.filter(isAllowed('indexes')),
      ({ table, definition }) => `${table}: ${definition}`,
    ),
    ...compareNamed(
      'constraint',
      before.constraints,
      after.constraints.filter(isAllowed('constraints')),
      textOfConstraint,
    ),
    ...columnOrder(before, after),
    ...after.rest
      .filter((entry) => !restBefore.has(entry))
      .map((entry) => `added to ${after.name}: ${entry}`),
    ...before.rest
      .filter((entry) => !restAfter.has(entry))
      .map((entry) => `dropped from ${before.name}: ${entry}`),
  ]
}

/**
 * Every difference from one schema to another, one line each; empty when they are the same byte for
 * byte. The `allowed` indexes and constraints may be new in `after`.
 */
export const describeChanges = (before: Snapshot, after: Snapshot, allowed: Allowed = nothing): string[] => {
  const lines = before.tables.flatMap((table) => {
    const now = after.tables.find(({ name }) => name === table.name)
    return now === undefined ? [] : changesOfTable(table, now, allowed)
  })
  const names = (tables: readonly Table[]) => tables.map(({ name }) => ({ name }))
  return [
    ...compareNamed('table', names(before.tables), names(after.tables), ({ name }) => name),
    ...compareNamed('view', before.views, after.views, textOfView),
    ...lines,
  ]
}

/** Throws SCHEMA_CHANGED with every difference, when there is one. `what` says between which two states. */
export const assertUnchanged = (changes: readonly string[], what: string): void => {
  if (changes.length === 0) return
  throw new HarnessError('SCHEMA_CHANGED', {
    what: `${what}:\n    ${changes.join('\n    ')}`,
    next: 'Find out who made these changes, and whether they are meant. The migration makes none of them.',
    fields: { changes },
  })
}
