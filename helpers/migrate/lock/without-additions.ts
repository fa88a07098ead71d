import { qualifiedName, type Snapshot } from '../../core/schema/model.ts'
import type { Additions } from './lock.ts'

/** A schema without what a lock adds, whether it is there already or not: what is left must never change. */
export const withoutAdditions = ({ indexes, constraints }: Additions, snapshot: Snapshot): Snapshot => {
  const names = new Set([...indexes, ...constraints].map((item) => qualifiedName(item).toLowerCase()))
  const isOther = (item: { table: string; name: string }) => !names.has(qualifiedName(item).toLowerCase())
  return {
    ...snapshot,
    tables: snapshot.tables.map((table) => ({
      ...table,
      indexes: table.indexes.filter(isOther),
      constraints: table.constraints.filter(isOther),
    })),
  }
}
