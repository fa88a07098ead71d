import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from '../../helpers/run/suite-process.ts'
import { drillDatabase } from '../support/fixture.ts'
import { passOf, writeTestPass } from '../support/pass.ts'
import { type StandIn, startStandIn } from '../support/stand-in.ts'
import { until } from '../support/until.ts'

let prod: StandIn
let pass: string
beforeAll(async () => {
  prod = await startStandIn()
  pass = await writeTestPass(prod.reports)
})
afterAll(async () => prod[Symbol.asyncDispose]())

const firstStepDone = () => {
  const file = join(prod.reports, 'latest/steps.jsonl')
  const isDone = () => existsSync(file) && readFileSync(file, 'utf8').includes('"status":"done"')
  return until('the first step', isDone, 120_000)
}

test('others truncate a table and rehearse something else while apply is at work: it goes on to its end', async () => {
  await prod.sql('CREATE TABLE Staging (a INT)', 'INSERT INTO Staging VALUES (1)')
  const made = await runCli('helpers/cli/backup.ts', {
    ...prod.as('migration_check'),
    BACKUP_DIR: join(prod.reports, '../backups'),
  })
  prod.said.push(made.all)
  const given = { MODE: 'apply', CONFIRM: drillDatabase, BACKUP_MANIFEST: made.stdout.trim() }
  const running = prod.run({ ...prod.as('migration_apply'), ...given })
  await firstStepDone()
  await prod.sql('TRUNCATE TABLE Staging')
  await writeFile(pass, JSON.stringify(passOf({ releaseLine: '8.5', engine: '8.0.11-TiDB-v8.5.0' })))
  const outcome = await running
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.summary).toMatchObject({ indexes: { present: 25 }, constraints: { enforced: 21 } })

  // The next one is asked anew: a backup that is older than a table, and a pass of another line, are none.
  const next = await prod.run({ ...prod.as('migration_apply'), ...given })
  expect(next.output).toMatch(/REFUSED[\s\S]*PASS_OF_ANOTHER_RELEASE[\s\S]*BACKUP_OF_OTHER_TABLES: .*Staging/)
})
