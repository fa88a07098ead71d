import { expect } from 'vitest'
import { type Case, sqlOf } from './fixture.ts'

export const statementCases: Readonly<Record<string, Case>> = {
  '1064': async ({ run, fails }) => {
    await run('CREATE TABLE Event (id INT)')
    await fails(run('SELEC * FROM Event'), { statement: 'SELECT * FROM Event' })
    const remedy = await fails(run('SELECT * FORM Event'), { statement: 'SELECT * FROM Event' })
    await run(sqlOf(remedy, 0), 'EXECUTE fixed')
    // What does not parse does not PREPARE either.
    await fails(run("PREPARE fixed FROM 'SELECT * FORM Event'"), { statement: 'SELECT * FROM Event' })
  },

  '1229': async ({ run, rows, fails }) => {
    const remedy = await fails(run('SET SESSION tidb_enable_check_constraint = ON'), { value: 'ON' })
    await run(sqlOf(remedy, 1))
    expect(await rows(sqlOf(remedy, 0))).toMatchObject([{ '@@GLOBAL.tidb_enable_check_constraint': 1 }])
  },

  '1235': async ({ run, fails, account, connect, rows }) => {
    const user = await account()
    await run('CREATE TABLE Event (id INT)')
    const remedy = await fails(run('START TRANSACTION READ ONLY'), { user, host: '%' })
    await run(sqlOf(remedy, 0), 'ROLLBACK', sqlOf(remedy, 1))
    const reader = await connect({ user, password: 'p' })
    await reader.rows('SELECT * FROM Event')
    await expect(reader.run('INSERT INTO Event VALUES (1)')).rejects.toMatchObject({ errno: 1142 })
    // Accepted as a no-op, it still writes.
    await run('SET SESSION tidb_enable_noop_functions = ON', 'START TRANSACTION READ ONLY')
    await run('INSERT INTO Event VALUES (1)', 'COMMIT')
    expect(await rows('SELECT * FROM Event')).toHaveLength(1)
  },

  '1305.savepoint': async ({ run, fails }) => {
    // What mysqldump sends after the first table.
    await run('START TRANSACTION WITH CONSISTENT SNAPSHOT')
    const remedy = await fails(run('ROLLBACK TO SAVEPOINT sp'))
    expect(remedy.map(({ command }) => command?.split(' ')[0])).toEqual(['dumpling', 'mysqldump'])
  },

  '1305.function': async ({ run, rows, fails }) => {
    const remedy = await fails(run('SELECT no_such_function(1)'))
    expect((await rows(sqlOf(remedy, 0))).length).toBeGreaterThan(200)
  },

  '8108': async ({ run, fails }) => {
    await run('CREATE TABLE Event (id INT)')
    const known = { statement: 'ANALYZE TABLE Event' }
    const remedy = await fails(run('CALL tidy_up()'), known)
    for (const other of [
      "HELP 'x'",
      'CREATE PROCEDURE p() BEGIN END',
      'CREATE STATISTICS s (cardinality) ON Event (id)',
    ])
      await fails(run(other), known)
    await fails(run("PREPARE fixed FROM 'CALL tidy_up()'"), known)
    await run(sqlOf(remedy, 0))
  },

  '8200.check': async ({ run, rows, fails }) => {
    await run('CREATE TABLE Event (starts INT, ends INT)')
    const known = { table: 'Event', name: 'chk_dates', clause: 'starts < ends' }
    const add = 'ADD CONSTRAINT chk_dates CHECK (starts < ends)'
    const remedy = await fails(run(`ALTER TABLE Event ADD INDEX idx_starts (starts), ${add}`), known)
    await fails(run(`ALTER TABLE Event ${add}, ADD CONSTRAINT chk_ends CHECK (ends > 0)`), known)
    expect(await rows('SHOW INDEX FROM Event')).toEqual([])
    await run(sqlOf(remedy, 0))
  },

  '8200': async ({ run, fails }) => {
    await run('CREATE TABLE Event (id INT PRIMARY KEY, starts INT)')
    const remedy = await fails(run('ALTER TABLE Event DROP PRIMARY KEY'), { table: 'Event' })
    await fails(run('CREATE FULLTEXT INDEX idx_text ON Event (starts)'), { table: 'Event' })
    await run(sqlOf(remedy, 0), sqlOf(remedy, 1))
  },
}
