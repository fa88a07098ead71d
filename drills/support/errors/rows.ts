import { expect } from 'vitest'
import { type Case, type Client, sqlOf } from './fixture.ts'

const tables = async ({ run }: Client) =>
  run(
    'CREATE TABLE Person (id INT PRIMARY KEY)',
    'CREATE TABLE Booking (id INT PRIMARY KEY, person INT)',
    'INSERT INTO Person VALUES (1), (2)',
  )
const add = 'ALTER TABLE Booking ADD CONSTRAINT fk_person FOREIGN KEY (person) REFERENCES Person (id)'

export const rowCases: Readonly<Record<string, Case>> = {
  '1265': async ({ run, rows, fails }) => {
    await run("CREATE TABLE Event (id INT PRIMARY KEY, status ENUM('DRAFT', 'PUBLISHED'), name VARCHAR(20))")
    const known = { table: 'Event', column: 'status' }
    const remedy = await fails(run("INSERT INTO Event VALUES (1, 'OPEN', 'x')"), known)
    const narrow = 'ALTER TABLE Event MODIFY name VARCHAR(3)'
    await run("INSERT INTO Event VALUES (1, 'DRAFT', 'a long name')")
    const ofName = await fails(run(narrow), { table: 'Event' })
    expect(await rows(sqlOf(remedy, 0))).toMatchObject([{ Type: "enum('DRAFT','PUBLISHED')" }])
    expect(await rows(sqlOf(remedy, 1))).toEqual([{ status: 'DRAFT', 'COUNT(*)': 1 }])
    await rows(sqlOf(ofName, 0))
    expect(await rows(sqlOf(ofName, 1))).toEqual([{ name: 'a long name', 'COUNT(*)': 1 }])
    await run("UPDATE Event SET name = 'abc'", narrow)
  },

  '1451': async ({ fails, ...stage }) => {
    const { run, rows } = stage
    await tables(stage)
    await run('INSERT INTO Booking VALUES (10, 1), (11, 2)', add)
    const remedy = await fails(run('DELETE FROM Person WHERE id = 1'), { value: '1' })
    await fails(run('UPDATE Person SET id = 3 WHERE id = 1'), { value: '1' })
    expect(await rows(sqlOf(remedy, 0))).toEqual([{ id: 10, person: 1 }])
    await run(sqlOf(remedy, 1), 'DELETE FROM Person WHERE id = 1')
    expect(await rows('SELECT id FROM Booking')).toEqual([{ id: 11 }])
  },

  '1452': async ({ fails, ...stage }) => {
    const { run, rows } = stage
    await tables(stage)
    await run('INSERT INTO Booking VALUES (10, 1), (11, 9), (12, NULL)')
    const remedy = await fails(run(add))
    expect(await rows(sqlOf(remedy, 0))).toEqual([{ id: 11, person: 9 }])
    // The guide's query takes the NULL for an orphan too.
    const ofGuide = 'SELECT b.id FROM Booking b LEFT JOIN Person p ON b.person = p.id WHERE p.id IS NULL'
    expect(await rows(ofGuide)).toHaveLength(2)
    await run(sqlOf(remedy, 1), add)
    await fails(run('INSERT INTO Booking VALUES (13, 9)'))
  },

  '1215': async ({ run, fails }) => {
    await run('CREATE TABLE Person (id INT PRIMARY KEY, boss INT, KEY (boss))')
    const remedy = await fails(
      run('ALTER TABLE Person ADD CONSTRAINT fk_boss FOREIGN KEY (boss) REFERENCES Person (boss)'),
      { table: 'Person', name: 'fk_boss', column: 'boss', parent: 'Person', parentColumn: 'id' },
    )
    await run(sqlOf(remedy, 0), sqlOf(remedy, 1))
  },
}
