import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeMigration } from '../../../drills/support/test-migration.ts'
import { hashOfSources, type Migration } from '../folder/migration.ts'
import { hashOfAdditions, type Lock, readLock } from './lock.ts'

const files = {
  schema: 'CREATE TABLE t (a INT);\nCREATE TABLE u (a INT);\n',
  views: 'CREATE VIEW v AS SELECT a FROM t;\n',
  indexes: 'ALTER TABLE t\n  ADD INDEX k (a);\n',
  constraints: 'ALTER TABLE t ADD CONSTRAINT ck CHECK ((a > 0));\n',
  rollback: 'ALTER TABLE t DROP INDEX k;\nALTER TABLE t DROP CONSTRAINT ck;\n',
}
const adds: Lock['adds'] = {
  indexes: [
    {
      table: 't',
      name: 'k',
      unique: false,
      parts: [{ column: 'a' }],
      visible: true,
      comment: '',
      definition: 'KEY `k` (`a`)',
    },
  ],
  constraints: [{ table: 't', name: 'ck', clause: '`a` > 0', enforced: true }],
}

const lockFor = (migration: Migration): Lock => ({
  lockVersion: 1,
  migration: migration.name,
  engine: '8.0.11-TiDB-v7.5.0',
  sources: hashOfSources(migration),
  hash: hashOfAdditions(adds),
  adds,
  baseline: { tables: [], views: [{ name: 'v', definition: 'SELECT 1', header: '' }] },
})

const writeLock = (migration: Migration, lock: unknown) =>
  writeFileSync(migration.lockFile, typeof lock === 'string' ? lock : JSON.stringify(lock))

const withLock = () => {
  const written = writeMigration('any', files)
  writeLock(written.migration, lockFor(written.migration))
  return written
}

const next = /next: Run: MIGRATION=tiny npm run lock, and commit sql\/tiny\/lock\.json/

describe('readLock', () => {
  test('reads what was written', () => {
    using written = withLock()
    expect(readLock(written.migration)).toEqual(lockFor(written.migration))
  })

  test('reads a lock whose views have no header yet', () => {
    using written = withLock()
    const lock = lockFor(written.migration)
    const views = lock.baseline.views.map(({ name, definition }) => ({ name, definition }))
    writeLock(written.migration, { ...lock, baseline: { tables: [], views } })
    expect(readLock(written.migration)).toEqual(lock)
  })

  test('says how to make one that is missing', () => {
    using written = writeMigration('any', files)
    expect(() => readLock(written.migration)).toThrow(/LOCK_MISSING: sql\/tiny\/lock\.json does not exist/)
    expect(() => readLock(written.migration)).toThrow(next)
  })

  const clause = (lock: Lock, text: string) => ({
    ...lock,
    adds: { ...adds, constraints: adds.constraints.map((item) => ({ ...item, clause: text })) },
  })
  test.each<[string, RegExp, (lock: Lock) => unknown]>([
    ['no JSON', /cannot be read: .*JSON/, () => '{"lockVersion": 1,'],
    ['an empty file', /cannot be read/, () => ''],
    ['a merge conflict', /cannot be read/, (lock) => `<<<<<<< HEAD\n${JSON.stringify(lock)}\n=======`],
    ['another version', /cannot be read: [\s\S]*lockVersion/, (lock) => ({ ...lock, lockVersion: 2 })],
    ['an unknown key', /cannot be read: [\s\S]*extra/, (lock) => ({ ...lock, extra: true })],
    ['a missing part', /cannot be read: [\s\S]*baseline/, ({ baseline: _, ...lock }) => lock],
    ['a clause edited by hand', /edited by hand/, (lock) => clause(lock, '`a` > 1')],
    ['an index taken out', /edited by hand/, (lock) => ({ ...lock, adds: { ...adds, indexes: [] } })],
    ['another hash', /edited by hand/, (lock) => ({ ...lock, hash: 'x' })],
  ])('refuses %s', (_, message, edit) => {
    using written = withLock()
    writeLock(written.migration, edit(lockFor(written.migration)))
    expect(() => readLock(written.migration)).toThrow(/LOCK_INVALID/)
    expect(() => readLock(written.migration)).toThrow(message)
    expect(() => readLock(written.migration)).toThrow(next)
  })

  const edit = (path: string, change: (text: string) => string) =>
    writeFileSync(path, change(readFileSync(path, 'utf8')))
  const paths = ({ dir, baselineDir }: Migration) => ({
    schema: join(baselineDir, 'schema.sql'),
    views: join(baselineDir, 'views.sql'),
    indexes: join(dir, 'indexes.sql'),
    constraints: join(dir, 'constraints.sql'),
    rollback: join(dir, 'rollback.sql'),
  })
  const sources = ['schema', 'views', 'indexes', 'constraints', 'rollback'] as const

  test.each(sources)('calls a lock stale when %s.sql has changed', (source) => {
    using written = withLock()
    edit(paths(written.migration)[source], (text) => text.replace('t', 'T'))
    expect(() => readLock(written.migration)).toThrow(/LOCK_STALE/)
    expect(() => readLock(written.migration)).toThrow(next)
  })

  test('calls a lock stale when a statement has moved from one file to another', () => {
    using written = withLock()
    const { indexes, constraints } = paths(written.migration)
    writeFileSync(indexes, files.indexes + files.constraints)
    writeFileSync(constraints, '')
    expect(() => readLock(written.migration)).toThrow(/LOCK_STALE/)
  })

  test('does not mind line ends and a byte order mark, as a checkout on Windows has them', () => {
    using written = withLock()
    for (const source of sources)
      edit(paths(written.migration)[source], (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`)
    expect(() => readLock(written.migration)).not.toThrow()
  })
})
