import { expect, test } from 'vitest'
import { z } from 'zod'
import { withDatabase } from '../../../drills/support/test-server.ts'
import { openProbeSession } from './probe-session.ts'
import { openRawWriteSession } from './session.ts'

const open = async () => {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await withDatabase('Probe'))
  const admin = stack.use(await openRawWriteSession(database.address))
  await admin.script('CREATE TABLE `Order` (id INT PRIMARY KEY, a INT); INSERT INTO `Order` VALUES (1, 1)')
  const probe = stack.use(await openProbeSession(database.address))
  const rows = () => admin.rows(z.unknown(), 'SELECT * FROM `Order`')
  const kept = stack.move()
  return { probe, rows, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

test('what it changes is rolled back, by ROLLBACK or by the end of the connection', async () => {
  await using target = await open()
  await target.probe.run('BEGIN')
  await target.probe.run('UPDATE `Order` SET a = 2')
  await target.probe.run('ROLLBACK')
  await target.probe.run('BEGIN')
  await target.probe.run('DELETE FROM `Order`')
  await target.probe[Symbol.asyncDispose]()
  expect(await target.rows()).toEqual([{ id: 1, a: 1 }])
})

test.each([
  'COMMIT',
  'ALTER TABLE `Order` ADD COLUMN b INT',
  'TRUNCATE `Order`',
  'SET GLOBAL tidb_enable_check_constraint = ON',
  'SET autocommit = 1',
  'BEGIN; UPDATE `Order` SET a = 2; COMMIT',
  'LOAD DATA LOCAL INFILE "x" INTO TABLE `Order`',
  '/*! COMMIT */',
])('refuses: %s', async (sql) => {
  await using target = await open()
  await target.probe.run('BEGIN')
  await expect(target.probe.run(sql)).rejects.toThrow(/PROBE_REFUSED/)
  await expect(target.probe.script(sql)).rejects.toThrow(/PROBE_REFUSED/)
})

test('refuses what no ROLLBACK takes back: a sequence, a lock', async () => {
  await using target = await open()
  await target.probe.run('BEGIN')
  for (const value of ['NEXTVAL(s)', '(SELECT NEXT VALUE FOR s)', "GET_LOCK('x', 1)"])
    await expect(target.probe.run(`INSERT INTO \`Order\` (id) VALUES (${value})`)).rejects.toThrow(
      /PROBE_REFUSED/,
    )
  await expect(target.probe.ask(z.unknown(), 'SELECT 1')).rejects.toThrow(/PROBE_REFUSED/)
})

test('refuses a change outside of a transaction, and a second statement behind the first', async () => {
  await using target = await open()
  await expect(target.probe.run('UPDATE `Order` SET a = 2')).rejects.toThrow(/no transaction is open/)
  await target.probe.run('BEGIN')
  await expect(target.probe.run('UPDATE `Order` SET a = 2; COMMIT')).rejects.toThrow(/multi/i)
  await target.probe.run('ROLLBACK')
  expect(await target.rows()).toEqual([{ id: 1, a: 1 }])
})
