import { expect } from 'vitest'
import { type Case, type Client, sqlOf } from './fixture.ts'

const table = 'Event'
const make = 'CREATE TABLE Event (id INT PRIMARY KEY, starts INT, ends INT)'
const bad = (id: number) => `INSERT INTO Event VALUES (${id}, 5, 1)`
const shown = async ({ rows }: Client) => `${(await rows('SHOW CREATE TABLE Event'))[0]?.['Create Table']}`
const isThere = 'CONSTRAINT `chk_dates` CHECK'
const turn = (value: 'ON' | 'OFF') => `SET GLOBAL tidb_enable_check_constraint = ${value}`
// The query with which the guide asks whether a constraint is there.
const queryOfGuide = `SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS
  WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_NAME = 'chk_dates'`

export const constraintCases: Readonly<Record<string, Case>> = {
  '1105.switch': async ({ run, warns, cleanUp, ...stage }) => {
    cleanUp(() => run(turn('ON')))
    const add = 'ALTER TABLE Event ADD CONSTRAINT chk_dates CHECK ((starts < ends))'
    await run(turn('OFF'), make)
    const remedy = warns(await run(add), { table })
    expect(await shown({ run, ...stage })).not.toContain('chk_dates')
    await run(sqlOf(remedy, 0), add, sqlOf(remedy, 1))
    expect(await shown({ run, ...stage })).toContain(isThere)
    // A DROP is lost in the same silence, so a rollback needs it ON too.
    await run(turn('OFF'))
    warns(await run('ALTER TABLE Event DROP CONSTRAINT chk_dates'), { table })
    expect(await shown({ run, ...stage })).toContain(isThere)
  },

  '3819': async ({ run, rows, fails, ...stage }) => {
    const clause = 'starts < ends OR ends = 0'
    const known = { table, clause }
    await run(make, bad(1))
    const remedy = await fails(run(`ALTER TABLE Event ADD CONSTRAINT chk_dates CHECK ((${clause}))`), known)
    expect(await rows(sqlOf(remedy, 0))).toMatchObject([{ id: 1 }])
    expect(await shown({ run, rows, ...stage })).not.toContain('chk_dates')
    await fails(run(bad(2)), known)
    await run('UPDATE Event SET ends = 9')
    await expect(run(sqlOf(remedy, 1))).rejects.toMatchObject({ errno: 3822 })
    await run(sqlOf(remedy, 2))
    expect(await shown({ run, rows, ...stage })).toContain(isThere)

    const good = 'INSERT INTO Event VALUES (1, 5, 0)'
    await run('DROP TABLE Event', make, good)
    await fails(run(`ALTER TABLE Event ADD CONSTRAINT chk_dates CHECK (${clause})`), known)
    expect(await rows(sqlOf(remedy, 0))).toEqual([])
    await run('DROP TABLE Event', make, good, sqlOf(remedy, 1))
    await fails(run(bad(2)), known)
  },

  '3822': async ({ run, rows, fails, ...stage }) => {
    const add = 'ALTER TABLE Event ADD CONSTRAINT chk_dates CHECK ((starts < ends))'
    await run(make, add)
    const remedy = await fails(run(add), { table })
    await run(sqlOf(remedy, 0))
    expect(await shown({ run, rows, ...stage })).toContain(isThere)
    // No violating row, and yet nothing is enforced.
    await run('ALTER TABLE Event ALTER CONSTRAINT chk_dates NOT ENFORCED')
    expect(await rows('SELECT * FROM Event WHERE starts >= ends')).toEqual([])
    await run(bad(1), 'DELETE FROM Event')
    // Half-made: refused as a duplicate, and not shown.
    await run('ALTER TABLE Event DROP CONSTRAINT chk_dates', bad(1))
    await expect(run(add)).rejects.toMatchObject({ errno: 3819 })
    await fails(run(add), { table })
    expect(await shown({ run, rows, ...stage })).not.toContain('chk_dates')
    await run('DELETE FROM Event', sqlOf(remedy, 1))
    expect(await shown({ run, rows, ...stage })).toContain(isThere)
    await expect(run(bad(1))).rejects.toMatchObject({ errno: 3819 })
  },

  '3940': async ({ run, fails, ...stage }) => {
    await run(make)
    const remedy = await fails(run('ALTER TABLE Event DROP CONSTRAINT chk_dates'), { table })
    await run(sqlOf(remedy, 0))
    expect(await shown({ run, ...stage })).not.toContain('chk_dates')
  },

  '1064.if-not-exists': async ({ run, rows, fails, ...stage }) => {
    await run(make)
    const add = 'ALTER TABLE Event ADD CONSTRAINT IF NOT EXISTS chk_dates CHECK (starts < ends)'
    const remedy = await fails(run(add), { table })
    expect(await rows(sqlOf(remedy, 0))).toEqual([])
    await run(sqlOf(remedy, 1))
    expect(await shown({ run, rows, ...stage })).toContain(isThere)
    expect(await rows(sqlOf(remedy, 0))).toMatchObject([{ CONSTRAINT_NAME: 'chk_dates' }])
    expect(await rows(queryOfGuide)).toEqual([])
  },

  '1064.if-exists': async ({ run, rows, fails }) => {
    await run(make, 'ALTER TABLE Event ADD CONSTRAINT chk_dates CHECK ((starts < ends))')
    const remedy = await fails(run('ALTER TABLE Event DROP CONSTRAINT IF EXISTS chk_dates'), { table })
    expect(await rows(sqlOf(remedy, 0))).toHaveLength(1)
    await run(sqlOf(remedy, 1))
    expect(await rows(sqlOf(remedy, 0))).toEqual([])
    await run(bad(1))
  },
}
