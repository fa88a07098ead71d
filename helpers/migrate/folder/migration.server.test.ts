import { describe, expect, test } from 'vitest'
import { writeMigration } from '../../../drills/support/test-migration.ts'
import { listMigrations, readBaseline, readMigration, readScript } from './migration.ts'

describe('readMigration', () => {
  test('reads each migration that is listed', () => {
    expect(listMigrations()).toContain('v3')
    for (const name of listMigrations()) {
      const migration = readMigration(name)
      expect(migration.lockFile).toMatch(new RegExp(`sql/${name}/lock\\.json$`))
      expect(readBaseline(migration)[0]).toMatch(/CREATE TABLE/)
    }
  })

  test.each(['nope', '', '../sql', 'v3/migration.json'])('refuses %j, and lists what there is', (name) => {
    expect(() => readMigration(name)).toThrow(
      /MIGRATION_INVALID: MIGRATION=[\s\S]*next: Set MIGRATION to .*\bv3\b/,
    )
  })
})

test('a script that does not exist is empty, and line ends and byte order marks make no difference', () => {
  using written = writeMigration('any', {
    schema: '\uFEFFCREATE TABLE t (\r\n  a INT\r\n);',
    indexes: 'a\r\n',
  })
  expect(readBaseline(written.migration)).toEqual(['CREATE TABLE t (\n  a INT\n);'])
  expect(readScript(written.migration, 'indexes')).toBe('a\n')
  expect(readScript(written.migration, 'rollback')).toBe('')
})
