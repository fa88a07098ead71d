import { globSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { text } from '../../helpers/report/markdown/escape.ts'
import { writeTestPass } from '../support/pass.ts'
import { assertSecretKept } from '../support/secrets.ts'
import { oddPassword, type StandIn, startStandIn } from '../support/stand-in.ts'
import { until } from '../support/until.ts'

let prod: StandIn

beforeAll(async () => {
  prod = await startStandIn()
})
beforeEach(() => writeTestPass(prod.reports))
afterAll(async () => prod[Symbol.asyncDispose]())

const runnerRow = z.object({ id: z.coerce.number() })
const cutRunner = async () => {
  await using session = await prod.connect()
  const id = await until('a runner with a finished step', async () => {
    const found = await session.rows(
      runnerRow,
      "SELECT ID AS id FROM information_schema.processlist WHERE INFO LIKE 'SELECT SLEEP%migration-harness runner%' AND INFO NOT LIKE '%processlist%'",
    )
    const steps = await readFile(join(prod.reports, 'latest/steps.jsonl'), 'utf8').catch(() => '')
    return steps.includes('"done"') && found[0]?.id
  })
  await session.run(`KILL ${id}`)
}

test('a run that loses the lease stops before its next step; what was there before outlives a rollback', async () => {
  expect((await prod.apply({ CONFIRM: '' })).exitCode).not.toBe(0)
  // By another spelling than the lock's, for the server goes by neither.
  await prod.sql(
    'ALTER TABLE Discount ADD INDEX IDX_MANAGER (manager_id, is_active)',
    'SET GLOBAL tidb_enable_check_constraint = ON',
    'ALTER TABLE venue ADD CONSTRAINT CHK_VENUE_CAPACITY CHECK (CAPACITY > 0)',
    'SET GLOBAL tidb_enable_check_constraint = OFF',
  )
  const cut = cutRunner()
  const lost = await prod.apply()
  await cut
  expect(lost.reasonOf('indexes.apply'), lost.tail).toMatch(/RUNNER_LOCK_LOST[\s\S]*next: Run again/)

  const except = { EXCEPT: 'Venue.chk_venue_seats, idx_type_status_area' }
  const applied = await prod.apply(except)
  expect(
    applied.red.filter((id) => !id.startsWith('query-plans.')),
    applied.tail,
  ).toEqual([])
  expect(applied.summary).toMatchObject({
    exceptions: ['Seat.idx_type_status_area', 'Venue.chk_venue_seats'],
    indexes: { expected: 24, present: 24 },
    constraints: { expected: 20, enforced: 20 },
  })

  expect(applied.report).toContain('Left out by EXCEPT: Seat.idx_type_status_area, Venue.chk_venue_seats.')
  expect(applied.report).toMatch(/\n\| Indexes \| 24 of 24 there \|\n/)

  // What EXCEPT left out somebody adds by hand later: it is no change of what was rehearsed, nor the rollback's to drop.
  await prod.sql('ALTER TABLE Seat ADD INDEX idx_type_status_area (ticket_type_id, `status`, area_name)')
  const again = await prod.apply(except)
  expect(
    again.red.filter((id) => !id.startsWith('query-plans.')),
    again.tail,
  ).toEqual([])
  expect(again.summary?.steps.filter(({ status }) => status === 'done')).toEqual([])

  const back = await prod.apply({ MODE: 'rollback' })
  expect(back.red, back.tail).toEqual([])
  expect(back.output).toContain(
    'left, because no step on record added it: Discount.idx_manager, Seat.idx_type_status_area, Venue.chk_venue_capacity',
  )
  const discount = (await prod.schema()).tables.find(({ name }) => name === 'Discount')
  expect(discount?.indexes.map(({ name }) => name)).toContain('IDX_MANAGER')
  await prod.sql(
    'ALTER TABLE Discount DROP INDEX idx_manager',
    'ALTER TABLE Seat DROP INDEX idx_type_status_area',
    'SET GLOBAL tidb_enable_check_constraint = ON',
    'ALTER TABLE Venue DROP CONSTRAINT chk_venue_capacity',
    'SET GLOBAL tidb_enable_check_constraint = OFF',
  )
  const check = await prod.run({ ...prod.as('migration_check'), EXPECT: 'before' })
  expect(check.red, check.tail).toEqual([])
})

test('the password stands in nothing that these runs said or left, the red ones and the green', async () => {
  const lookedAt = await assertSecretKept(oddPassword, [prod.reports], prod.said)
  expect(lookedAt.files).toBeGreaterThan(5)
  expect(lookedAt.outputs).toBeGreaterThan(5)
  await writeFile(join(prod.reports, 'planted.json'), JSON.stringify({ url: prod.urlOf('migration_check') }))
  await expect(assertSecretKept(oddPassword, [prod.reports], [])).rejects.toThrow(/stands in .*planted\.json/)
  await rm(join(prod.reports, 'planted.json'))
  // A report escapes what it quotes, so a password would not stand there as it is.
  await writeFile(join(prod.reports, 'planted.md'), `| ${text(`account x, ${oddPassword}`)} |`)
  await expect(assertSecretKept(oddPassword, [prod.reports], [])).rejects.toThrow(/stands in .*planted\.md/)
  await rm(join(prod.reports, 'planted.md'))
  // Refused, red and green: each run has left its report, and so was searched.
  const files = globSync('*/report.md', { cwd: prod.reports })
  const reports = await Promise.all(files.map((file) => readFile(join(prod.reports, file), 'utf8')))
  expect(reports.length).toBeGreaterThan(5)
  for (const verdict of ['REFUSED', 'FAILED', 'PASSED'])
    expect(reports.some((report) => report.startsWith(`# ${verdict}: `))).toBe(true)
  expect(reports.join('\n')).not.toContain('mysql://')
})
