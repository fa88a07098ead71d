import { expect } from 'vitest'
import { type Case, sqlOf } from './fixture.ts'

const table = 'Event'

export const indexCases: Readonly<Record<string, Case>> = {
  '1061': async ({ run, rows, fails }) => {
    const add = 'ALTER TABLE Event ADD INDEX idx_name (name)'
    await run('CREATE TABLE Event (name VARCHAR(9), city VARCHAR(9), KEY idx_name (city))')
    const remedy = await fails(run(add), { table })
    // Skipping, and IF NOT EXISTS, keep the other columns.
    const warnings = await run('ALTER TABLE Event ADD INDEX IF NOT EXISTS idx_name (name)')
    expect(warnings).toMatchObject([{ level: 'Note', code: 1061 }])
    expect(await rows(sqlOf(remedy, 0))).toMatchObject([{ Column_name: 'city' }])
    await run(sqlOf(remedy, 1), add, sqlOf(remedy, 2))
    expect(await rows(sqlOf(remedy, 0))).toMatchObject([{ Column_name: 'name' }])
  },

  '1054': async ({ run, rows, fails }) => {
    await run('CREATE TABLE Event (id INT, starts INT)')
    const remedy = await fails(run('SELECT begins FROM Event'), { table })
    await fails(run('ALTER TABLE Event ADD CONSTRAINT chk CHECK ((begins > 0))'), { table })
    expect((await rows(sqlOf(remedy, 0))).map(({ Field }) => Field)).toEqual(['id', 'starts'])
    await run('SELECT starts FROM Event')
  },

  '1062': async ({ run, rows, fails }) => {
    const add = 'ALTER TABLE Event ADD UNIQUE INDEX uk_code (code)'
    await run(
      'CREATE TABLE Event (id INT PRIMARY KEY, code INT)',
      'INSERT INTO Event VALUES (1, 7), (2, 7), (3, 8)',
    )
    const remedy = await fails(run(add), { column: 'code' })
    expect(await rows(sqlOf(remedy, 0))).toEqual([{ code: 7, 'COUNT(*)': 2 }])
    await run('UPDATE Event SET code = 9 WHERE id = 2', add)
  },

  '1091': async ({ run, fails }) => {
    await run('CREATE TABLE Event (id INT)')
    const remedy = await fails(run('DROP INDEX idx_name ON Event'), { table })
    await run(sqlOf(remedy, 0))
    expect(await run(sqlOf(remedy, 1))).toMatchObject([{ level: 'Note', code: 1091 }])
  },

  '1146.slow-log': async ({ run, rows, fails }) => {
    const [before] = await rows('SELECT @@tidb_slow_log_threshold AS ms')
    const remedy = await fails(run('SELECT query_time FROM mysql.slow_log LIMIT 10'))
    await rows(sqlOf(remedy, 0))
    // The guide's way to set it is accepted, and sets nothing.
    await run('SET GLOBAL long_query_time = 0.5')
    expect(await rows('SELECT @@tidb_slow_log_threshold AS ms')).toEqual([before])
    await run(sqlOf(remedy, 1))
    expect(await rows('SELECT @@tidb_slow_log_threshold AS ms')).toEqual([{ ms: '500' }])
    await run(`SET GLOBAL tidb_slow_log_threshold = ${before?.['ms']}`)
  },

  '1146': async ({ run, rows, fails, connect, database }) => {
    await run('CREATE TABLE Event (id INT)')
    const elsewhere = await connect({ database: 'mysql' })
    const remedy = await fails(elsewhere.run('SELECT * FROM event'))
    expect(await elsewhere.rows(sqlOf(remedy, 0))).toEqual([{ 'DATABASE()': 'mysql' }])
    expect(await rows(sqlOf(remedy, 1))).toContainEqual({ TABLE_SCHEMA: database, TABLE_NAME: 'Event' })
    await run('SELECT * FROM event')
  },
}
