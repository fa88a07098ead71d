import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { expectRed } from '../support/faults/fault.ts'
import { preflightFaults } from '../support/faults/preflight-faults.ts'
import { type Fixture, startFixture } from '../support/fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(async () => fixture[Symbol.asyncDispose]())

const expectGreen = async () => {
  const outcome = await fixture.run(['preflight'])
  expect(outcome.red, outcome.tail).toEqual([])
}

/** Lets the suite connect as another account for as long as `use` runs. */
const asAccount = async (user: string, use: () => Promise<void>) => {
  const file = join(fixture.engine.dataDir, 'engine.json')
  const text = await readFile(file, 'utf8')
  const state = z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  await writeFile(file, JSON.stringify({ ...state, user }))
  try {
    await use()
  } finally {
    await writeFile(file, text)
  }
}

test('without a fault all is green', expectGreen)

describe('turns red when', () => {
  test.for(preflightFaults)('$fault', async (fault) => {
    await fixture.sql(...fault.put)
    try {
      expectRed(await fixture.run(['preflight']), fault)
    } finally {
      await fixture.sql(...fault.takeOut)
    }
  })

  test('a transaction is open on a table for too long', async () => {
    await using other = await fixture.connect()
    await other.run('BEGIN')
    await other.run("UPDATE Venue SET city = 'x' WHERE venue_id = 1")
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expectRed(await fixture.run(['preflight'], { LONG_TRANSACTION_SECONDS: '1' }), {
      red: ['preflight.transactions'],
      says: /TRANSACTION_OPEN: A transaction would block the DDL:\s+transaction \d+ of root from 127\.0\.0\.1:\d+ \(session \d+\), open since \S+ \S+ UTC, \d+ s, on Venue: .*update `venue`[\s\S]*KILL TIDB/,
    })
    await other.run('ROLLBACK')
  })

  test('a DDL job waits for a transaction', async () => {
    await using other = await fixture.connect()
    await using administrator = await fixture.connect()
    await other.run('BEGIN')
    await other.run("UPDATE Banner SET title = 'x' WHERE banner_id = 1")
    const alter = administrator.run("ALTER TABLE Banner COMMENT = 'waits'")
    try {
      await new Promise((resolve) => setTimeout(resolve, 500))
      expectRed(await fixture.run(['preflight']), {
        red: ['preflight.ddl-idle'],
        says: /DDL_RUNNING: A DDL job has not ended yet: job \d+ on banner: .* ALTER TABLE Banner COMMENT = 'waits'/,
      })
    } finally {
      await other.run('ROLLBACK')
      await alter
      await fixture.sql("ALTER TABLE Banner COMMENT = ''")
    }
  })

  test('the account may do too little', async () => {
    await fixture.sql("CREATE USER 'reader'@'%'", "GRANT SELECT, SHOW VIEW ON *.* TO 'reader'@'%'")
    await asAccount('reader', async () => {
      expectRed(await fixture.run(['preflight']), {
        red: ['preflight.privileges', 'preflight.check-switch'],
        says: /PRIVILEGES_MISSING: reader@% lacks: [^\n]*ALTER, to change the tables; INDEX, to add indexes/,
      })
    })
  })
})

test('an error of the server inside a check comes with its cure: an account that may not read one table', async () => {
  await using administrator = await fixture.connect()
  const tables = await administrator.rows(
    z.object({ name: z.string() }),
    "SELECT TABLE_NAME AS name FROM information_schema.tables WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME <> 'Venue'",
  )
  await fixture.sql(
    "CREATE USER 'partial'@'%'",
    "GRANT SELECT ON migration_harness.* TO 'partial'@'%'",
    "GRANT SHOW VIEW ON * TO 'partial'@'%'",
    ...tables.map(({ name }) => `GRANT SELECT ON \`${name}\` TO 'partial'@'%'`),
  )
  await asAccount('partial', async () => {
    const outcome = await fixture.run(['preflight'])
    expect(outcome.reasonOf('preflight.violations[Venue.chk_venue_capacity]'), outcome.tail).toMatch(
      /SERVER_ERROR: 1142: SELECT command denied to user 'partial'[\s\S]*next: [\s\S]*GRANT SELECT ON `ticketbookingdb`\.`venue` TO 'partial'@'%';/,
    )
    expect(
      outcome.summary?.checks.find(({ id }) => id === 'preflight.violations[Venue.chk_venue_capacity]')
        ?.failure,
    ).toEqual({
      code: 'SERVER_ERROR',
      what: expect.stringMatching(/^1142: SELECT command denied to user 'partial'[^\n]*, to: SELECT /),
      why: expect.stringMatching(/^\S/),
      next: expect.stringMatching(/GRANT SELECT ON `ticketbookingdb`\.`venue` TO 'partial'@'%';/),
      fields: { code: 1142, advice: '1142' },
    })
    expect(outcome.report).toMatch(/\n {2}SERVER_ERROR: 1142: [^\n]*\n {4}why: /)
    const skips = outcome.summary?.checks.filter(({ status }) => status === 'skipped') ?? []
    expect(skips).not.toEqual([])
    expect(skips.filter(({ skipCode }) => skipCode === undefined)).toEqual([])
  })
})

test('with every fault taken out all is green again', expectGreen)
