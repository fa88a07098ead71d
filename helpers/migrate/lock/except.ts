import { HarnessError } from '../../core/errors/harness-error.ts'
import { qualifiedName } from '../../core/schema/model.ts'
import type { Lock } from './lock.ts'

type NamedObject = { readonly table: string; readonly name: string }

/**
 * The lock without the indexes and constraints that EXCEPT names (`Table.name`, or the name alone). The hash
 * stays that of the whole lock. Throws EXCEPT_UNKNOWN when it holds no such name.
 */
export const withoutExceptions = (lock: Lock, except: readonly string[]): Lock => {
  const wanted = except.map((name) => name.toLowerCase())
  const namesOf = (item: NamedObject) => [qualifiedName(item).toLowerCase(), item.name.toLowerCase()]
  const all: NamedObject[] = [...lock.adds.indexes, ...lock.adds.constraints]
  const unknown = except.filter((name) => !all.some((item) => namesOf(item).includes(name.toLowerCase())))
  if (unknown.length > 0) {
    throw new HarnessError('EXCEPT_UNKNOWN', {
      what: `EXCEPT names ${unknown.join(', ')}, which the lock of ${lock.migration} does not add.`,
      next: `Take names as the lock.json of ${lock.migration} has them, such as ${all[0] === undefined ? 'Table.name' : qualifiedName(all[0])}.`,
    })
  }
  const goes = (item: NamedObject) => namesOf(item).some((name) => wanted.includes(name))
  const stays = (item: NamedObject) => !goes(item)
  const { indexes, constraints } = lock.adds
  return {
    ...lock,
    adds: { indexes: indexes.filter(stays), constraints: constraints.filter(stays) },
    leftOut: { indexes: indexes.filter(goes), constraints: constraints.filter(goes) },
  }
}

/** What EXCEPT leaves out, as the lock spells it: `Table.name`. */
export const namesLeftOut = ({ leftOut }: Lock): string[] =>
  [...(leftOut?.indexes ?? []), ...(leftOut?.constraints ?? [])].map(qualifiedName)

/** The names in EXCEPT, which stand between commas. */
export const namesIn = (except: string | undefined): string[] =>
  (except ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
