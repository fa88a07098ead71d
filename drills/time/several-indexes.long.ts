import { expect, test } from 'vitest'
import { messageOf } from '../../helpers/core/errors/harness-error.ts'
import type { WriteSession } from '../../helpers/core/server/session.ts'
import { startEngineFor } from '../../helpers/core/server/start.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'
import { engineSettings } from '../support/fixture.ts'

const attempts = 5
// That it damages is a matter of who comes first: so far it did at once.
const attemptsToDamage = 20
const adds = ['ADD INDEX i1 (a, b)', 'ADD INDEX i2 (b)', 'ADD INDEX i3 (c)']
const rows = Array.from({ length: 6_000 }, (_, at) => `(${at % 997}, 'x${at % 53}', ${at % 7})`)

const makeTable = async (session: WriteSession) => {
  await session.run('DROP TABLE IF EXISTS t')
  await session.run('CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT, a INT, b VARCHAR(30), c INT)')
  await session.run(`INSERT INTO t (a, b, c) VALUES ${rows.join(', ')}`)
}

/** Changes rows on a connection of its own until told to stop. */
const write = async (session: WriteSession, isOver: () => boolean): Promise<void> => {
  for (let at = 0; !isOver(); at++) {
    const id = ((at * 7_919) % rows.length) + 1
    // Two writers may want the same row; who wins does not matter.
    await session
      .run(`UPDATE t SET a = a + 1, b = 'y${at}', c = c + 1 WHERE id = ${id}`)
      .catch(() => undefined)
  }
}

/** Adds the indexes by these statements while rows are written. Returns what ADMIN CHECK TABLE finds; undefined when all is well. */
const damageOf = async (
  connect: () => Promise<WriteSession>,
  statements: readonly string[],
): Promise<string | undefined> => {
  await using session = await connect()
  await using writer = await connect()
  await makeTable(session)
  let isOver = false
  const writing = write(writer, () => isOver)
  try {
    for (const statement of statements) await session.run(statement)
  } finally {
    isOver = true
    await writing
  }
  // The fast check compares sums only.
  await session.setSession('tidb_enable_fast_table_check', 'OFF')
  return session.run('ADMIN CHECK TABLE t').then(() => undefined, messageOf)
}

test('several indexes in one ALTER under writes damage an index on v7.5.0; one each, as Part A does, or without fast reorg, they do not', async () => {
  await using engine = await startEngineFor(engineSettings, () => {})
  await using admin = await openWriteSession(engine)
  await admin.run('CREATE DATABASE several')
  const connect = () => openWriteSession(engine, 'several')
  const damage = async (statements: readonly string[]) => {
    const found: (string | undefined)[] = []
    for (let at = 0; at < attempts; at++) found.push(await damageOf(connect, statements))
    return found.filter((text) => text !== undefined)
  }
  const firstDamage = async (statements: readonly string[]) => {
    for (let at = 0; at < attemptsToDamage; at++) {
      const found = await damageOf(connect, statements)
      if (found !== undefined) return found
    }
    return `none in ${attemptsToDamage} attempts`
  }
  const together = [`ALTER TABLE t ${adds.join(', ')}`]
  const one = adds.map((add) => `ALTER TABLE t ${add}`)
  expect(await firstDamage(together)).toMatch(/data inconsistency in table: t, index: i/)
  expect(await damage(one)).toEqual([])
  await admin.run('SET GLOBAL tidb_ddl_enable_fast_reorg = OFF')
  expect(await damage(together)).toEqual([])
})
