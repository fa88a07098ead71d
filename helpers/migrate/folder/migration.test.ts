import { expect, test } from 'vitest'
import { readMigration } from './migration.ts'

test('a SQL_DIR that does not exist is named, and not the file in it', () => {
  expect(() => readMigration('v3', '/no/such/folder')).toThrow(
    /^MIGRATION_INVALID: SQL_DIR=\/no\/such\/folder does not exist[\s\S]*next: .*SQL_DIR/,
  )
})
