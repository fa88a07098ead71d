import { expect } from 'vitest'
import { type Case, password, type Stage, sqlOf } from './fixture.ts'

/** A connection of a new account with these grants. */
const enter = async ({ account, connect }: Stage, ...grants: string[]) => {
  const user = await account(...grants)
  return { ...(await connect({ user, password })), user }
}

export const privilegeCases: Readonly<Record<string, Case>> = {
  '1142.statistics': async (stage) => {
    const own = await enter(stage, 'SELECT ON DB.*')
    const remedy = await stage.fails(own.run('SHOW STATS_META'))
    await own.rows(sqlOf(remedy, 0))
    await stage.run(sqlOf(remedy, 1))
    await own.run('SHOW STATS_META')
  },

  '1142': async (stage) => {
    await stage.run('CREATE TABLE Event (id INT)')
    const own = await enter(stage, 'SELECT ON DB.*')
    for (const [at, statement] of [
      'ALTER TABLE Event ADD INDEX idx_id (id)',
      'CREATE INDEX idx_other ON Event (id)',
      'INSERT INTO Event VALUES (1)',
    ].entries()) {
      const remedy = await stage.fails(own.run(statement), { table: 'Event' })
      expect(sqlOf(remedy, 1)).toMatch(new RegExp(`^GRANT ${['ALTER', 'INDEX', 'INSERT'][at]} ON`))
      await own.rows(sqlOf(remedy, 0))
      await stage.run(sqlOf(remedy, 1))
      await own.run(statement)
    }
  },

  '1227': async (stage) => {
    const own = await enter(stage, 'ALL ON DB.*')
    const statement = 'SET GLOBAL tidb_enable_check_constraint = ON'
    const remedy = await stage.fails(own.run(statement), { user: own.user, host: '%' })
    await own.rows(sqlOf(remedy, 0))
    await stage.run(sqlOf(remedy, 1))
    await own.run(statement)
  },

  '8121.super': async (stage) => {
    await stage.run('CREATE TABLE Event (id INT)')
    const own = await enter(stage, 'ALL ON DB.*')
    const known = { user: own.user, host: '%' }
    const remedy = await stage.fails(own.run('ADMIN CHECK TABLE Event'), known)
    await stage.fails(own.run('ADMIN SHOW DDL JOBS'), known)
    expect((await own.rows(sqlOf(remedy, 0)))[0]).toMatchObject({ QUERY: 'CREATE TABLE Event (id INT)' })
    await stage.run(sqlOf(remedy, 1))
    await own.run('ADMIN CHECK TABLE Event', 'ADMIN SHOW DDL JOBS')
  },

  '8121': async (stage) => {
    await stage.run('CREATE TABLE Event (id INT)')
    const own = await enter(stage, 'SELECT ON DB.*')
    const remedy = await stage.fails(own.run('UPDATE Event SET id = 1'), { user: own.user, host: '%' })
    await own.rows(sqlOf(remedy, 0))
    await stage.run(sqlOf(remedy, 1))
    await own.run('UPDATE Event SET id = 1')
  },

  '1356.metadata-locks': async (stage) => {
    const own = await enter(stage, 'SELECT ON DB.*', 'SELECT ON mysql.*')
    const read = 'SELECT job_id FROM mysql.tidb_mdl_view'
    const remedy = await stage.fails(own.run(read), { user: own.user, host: '%' })
    await stage.run(sqlOf(remedy, 0))
    await own.run(read)
  },

  '1356': async (stage) => {
    const { run, rows, fails } = stage
    await run('CREATE TABLE Event (id INT)', 'CREATE VIEW Upcoming AS SELECT id FROM Event')
    await run('ALTER TABLE Event RENAME COLUMN id TO event_id')
    const remedy = await fails(run('SELECT * FROM Upcoming'))
    expect(await rows(sqlOf(remedy, 0))).toMatchObject([
      { 'Create View': expect.stringMatching(/DEFINER=`root`@`%`.* SELECT `id` AS `id` FROM/) },
    ])
    const columns = await rows(sqlOf(remedy, 1))
    expect(columns).toContainEqual({ TABLE_NAME: 'Event', COLUMN_NAME: 'event_id' })
    await run('CREATE OR REPLACE VIEW Upcoming AS SELECT event_id AS id FROM Event', 'SELECT * FROM Upcoming')
    // A definer without rights is the same error.
    const user = await stage.account()
    await run(`CREATE DEFINER = '${user}'@'%' VIEW Past AS SELECT event_id FROM Event`)
    const ofDefiner = await fails(run('SELECT * FROM Past'))
    await rows(sqlOf(ofDefiner, 0))
    await run(`GRANT SELECT ON Event TO '${user}'`, 'SELECT * FROM Past')
  },
}
