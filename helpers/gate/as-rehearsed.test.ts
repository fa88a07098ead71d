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

const renamed = (table: Table, name: string, change: Partial<Table['columns'][number]>): Partial<Table> => ({
  columns: table.columns.map((column) => (column.name === name ? { ...column, ...change } : column)),
})

describe('the schema of the target', () => {
  test.each<[string, Snapshot]>([
    ['as it was rehearsed', baseline],
    ['with what the lock adds', withWanted],
    [
      'with another table changed, which the migration does not touch',
      changed(untouched, () => ({ rest: [] })),
    ],
    [
      'without such a table',
      { ...baseline, tables: baseline.tables.filter(({ name }) => name !== untouched) },
    ],
    ['without the views', { ...baseline, views: [] }],
    ['with a column more', changed('Event', ({ rest }) => ({ rest: ['`extra` int', ...rest] }))],
    ['with an index less', changed('Event', () => ({ indexes: [] }))],
    [
      'with a foreign key that the server does not keep, partitions, a placement policy and a TTL',
      changed('Event', ({ rest }) => ({
        rest: rest.map((entry) =>
          entry.startsWith('CONSTRAINT')
            ? `${entry} /* FOREIGN KEY INVALID */`
            : entry.replace(
                /^(ENGINE=.*)/,
                '$1 /*T![placement] PLACEMENT POLICY=`p` */ /*T![ttl] TTL=`a` */',
              ),
        ),
      })),
    ],
  ])('%s is accepted', (_, snapshot) => {
    expect(refused(snapshot)).toBeUndefined()
  })

  test.each<[string, Snapshot, RegExp]>([
    [
      'a column that an index of the lock names by another length',
      changed('Event', (table) => renamed(table, 'event_name', { type: 'varchar(9)' })),
      /Event: wanted event_name varchar\(500\) .*, found event_name varchar\(9\) .* \(idx_event_name\)/,
    ],
    [
      'such a column by another name',
      changed('Event', (table) => renamed(table, 'event_name', { name: 'title' })),
      /Event: lacks event_name/,
    ],
    [
      'no table',
      { ...baseline, tables: baseline.tables.filter(({ name }) => name !== 'Event') },
      /Event: is missing/,
    ],
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
