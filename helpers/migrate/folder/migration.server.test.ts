import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { writeMigration } from '../../../drills/support/test-migration.ts'
import { baselineOf, listMigrations, readMigration, scriptOf } from './migration.ts'

describe('readMigration', () => {
  test('reads each migration that is listed', () => {
    expect(listMigrations()).toContain('v3')
    for (const name of listMigrations()) {
      const migration = readMigration(name)
      expect(migration.lockFile).toMatch(new RegExp(`sql/${name}/lock\\.json$`))
      expect(baselineOf(migration)[0]).toMatch(/CREATE TABLE/)
    }
  })

  test.each(['nope', '', '../sql', 'v3/migration.json'])('refuses %j, and lists what there is', (name) => {
    expect(() => readMigration(name)).toThrow(
      /MIGRATION_INVALID: MIGRATION=[\s\S]*next: Set MIGRATION to .*\bv3\b/,
    )
  })
})

describe('a migration is found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrations of others '))
  const own = join(folder, 'Größe v2 名')
  for (const dir of [own, join(folder, 'plain')]) {
    mkdirSync(dir)
    writeFileSync(join(dir, 'migration.json'), JSON.stringify({ database: 'any', baseline: '.' }))
  }
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each([
    ['an absolute path', own, own],
    ['a path that ends in /', `${own}/`, own],
    ['a path from the working directory', relative('.', own), relative('.', own)],
  ])('by %s', (_, given, place) => {
    const { name, ...migration } = readMigration(given)
    expect(name).toBe('Größe v2 名')
    expect(migration).toMatchObject({
      place,
      dir: own,
      given: `'${given}'`,
      lockFile: join(own, 'lock.json'),
    })
  })

  test('by its name in SQL_DIR', () => {
    const found = { name: 'plain', given: 'plain', place: join(folder, 'plain'), dir: join(folder, 'plain') }
    expect(readMigration('plain', folder)).toMatchObject(found)
    expect(readMigration('plain', relative('.', folder))).toMatchObject({ dir: found.dir })
    expect(readMigration('v3')).toMatchObject({ name: 'v3', place: 'sql/v3' })
    expect(() => readMigration('v3', folder)).toThrow(
      /migrations of others \S+\/v3\/migration\.json cannot be used/,
    )
    expect(() => readMigration('v3', folder)).toThrow(/next: Set MIGRATION to one of: .*plain/)
  })
})

test('what was read stays as it was when a file is edited meanwhile', () => {
  using written = writeMigration('any', { schema: 'CREATE TABLE t (a INT)', indexes: 'a' })
  const { migration } = written
  writeFileSync(join(migration.dir, 'indexes.sql'), 'b')
  expect(scriptOf(migration, 'indexes')).toBe('a')
  expect(scriptOf(written.migration, 'indexes')).toBe('b')
})

test('a script that does not exist is empty, and line ends and byte order marks make no difference', () => {
  using written = writeMigration('any', {
    schema: '\uFEFFCREATE TABLE t (\r\n  a INT\r\n);',
    indexes: 'a\r\n',
  })
  expect(baselineOf(written.migration)).toEqual(['CREATE TABLE t (\n  a INT\n);'])
  expect(scriptOf(written.migration, 'indexes')).toBe('a\n')
  expect(scriptOf(written.migration, 'rollback')).toBe('')
})
