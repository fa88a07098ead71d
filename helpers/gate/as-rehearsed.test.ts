import { describe, expect, test } from 'vitest'
import { passOf } from '../../drills/support/pass.ts'
import type { Snapshot, Table } from '../core/schema/model.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { withoutExceptions } from '../migrate/lock/except.ts'
import { readLock } from '../migrate/lock/lock.ts'
import { assertAsRehearsed } from './as-rehearsed.ts'

const lock = readLock(readMigration('v3'))
const { baseline } = lock
const changed = (name: string, change: (table: Table) => Partial<Table>): Snapshot => ({
  ...baseline,
  tables: baseline.tables.map((table) => (table.name === name ? { ...table, ...change(table) } : table)),
})
const wanted = lock.adds.indexes.find(({ table }) => table === 'Event')
if (wanted === undefined) throw new Error('V3 adds no index to Event')
const withWanted = changed(wanted.table, ({ indexes }) => ({ indexes: [...indexes, wanted] }))
const touched = new Set([...lock.adds.indexes, ...lock.adds.constraints].map(({ table }) => table))
const untouched = baseline.tables.find(({ name }) => !touched.has(name))?.name ?? ''
const refused = (snapshot: Snapshot, pass = passOf()) => {
  try {
    assertAsRehearsed(pass, lock, snapshot, 'prod')
    return undefined
  } catch (error) {
    return error
  }
}

describe('the schema of the target', () => {
  test.each<[string, Snapshot]>([
    ['as it was rehearsed', baseline],
    ['with what the lock adds', withWanted],
    [
      'with another table changed, which the migration does not touch',
      changed(untouched, () => ({ rest: [] })),
    ],
    ['without the views', { ...baseline, views: [] }],
  ])('%s is accepted', (_, snapshot) => {
    expect(refused(snapshot)).toBeUndefined()
  })

  test.each<[string, Snapshot, RegExp]>([
    [
      'a column more',
      changed('Event', ({ rest }) => ({ rest: [...rest, '`extra` int'] })),
      /added to Event: `extra` int/,
    ],
    ['an index less', changed('Event', () => ({ indexes: [] })), /Event/],
    ['no table', { ...baseline, tables: baseline.tables.filter(({ name }) => name !== 'Event') }, /Event/],
  ])('%s is refused: it says where, and how to rehearse on it', (_, snapshot, says) => {
    expect(refused(snapshot)).toMatchObject({
      code: 'SCHEMA_NOT_REHEARSED',
      message: expect.stringMatching(says),
      fields: { changes: expect.any(Array) },
    })
    expect(refused(snapshot)).toMatchObject({
      message: expect.stringMatching(/BASELINE_FROM=prod npx vitest run$/),
    })
  })
})

test('what EXCEPT leaves out may have been added by hand', () => {
  const lessLock = withoutExceptions(lock, [`${wanted.table}.${wanted.name}`])
  expect(() => assertAsRehearsed(passOf(), lessLock, withWanted, 'prod')).not.toThrow()
})
