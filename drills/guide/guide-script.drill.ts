import { expect, test } from 'vitest'
import { readMigration, scriptOf } from '../../helpers/migrate/folder/migration.ts'
import { readLock } from '../../helpers/migrate/lock/lock.ts'
import { runSuite } from '../../helpers/run/suite-process.ts'
import { drillDatabase, startFixture } from '../support/fixture.ts'
import { settleStatistics } from '../support/settle-statistics.ts'
import { expectReadable } from '../support/terminal.ts'

const withoutSwitch = (script: string): string => {
  const lines = script.split('\n')
  const kept = lines.filter((line) => !line.startsWith('SET GLOBAL tidb_enable_check_constraint'))
  expect(kept).toHaveLength(lines.length - 1)
  return kept.join('\n')
}

test("the guide's script, run as the guide says, ends red with 0 of 21 constraints and says why", async () => {
  await using fixture = await startFixture()
  const migration = readMigration('v3')
  {
    await using session = await fixture.connect()
    await session.script(scriptOf(migration, 'indexes'))
    // The server answers each of the 21 statements with success.
    await session.script(withoutSwitch(scriptOf(migration, 'constraints')))
    // The planner may pass over an ANALYZE of the script on a busy machine; that is another fault, with checks of its own.
    await settleStatistics(session, readLock(migration).adds.indexes)
  }
  const { host, port, user } = fixture.engine.address
  const outcome = await runSuite([], {
    TARGET: 'guide',
    DATABASE_URL: `mysql://${user}:@${host}:${port}/${drillDatabase}`,
    ALLOW_PLAINTEXT: '1',
    REPORTS_DIR: `${fixture.runDir}/check`,
  })
  const constraints = outcome.red.filter((id) => id.startsWith('postconditions.constraints['))
  expect(constraints, outcome.tail).toHaveLength(21)
  // A real target must be 7.5.2; the engine is 7.5.0 and says so.
  expect(outcome.red).toEqual([...constraints, 'preflight.side', 'preflight.version'].toSorted())
  expect(outcome.reasonOf('postconditions.constraints[Event.chk_event_dates]')).toMatch(
    /CONSTRAINT_MISSING.*chk_event_dates is missing\. tidb_enable_check_constraint is OFF: while it is, TiDB answers ADD CONSTRAINT with success and adds nothing/,
  )
  expect(outcome.summary?.indexes).toMatchObject({ expected: 25, present: 25, missing: [] })
  expect(outcome.summary?.constraints).toMatchObject({ expected: 21, present: 0, enforced: 0 })
  expect(outcome.output).toContain('25 of 25 indexes, 0 of 21 constraints enforced')
  expect(outcome.exitCode).not.toBe(0)
  expect(outcome.report).toMatch(/^# FAILED: check of v3 on guide\n/)
  // The first of the 21 stand open, with what to type next.
  expect(outcome.report.split('<details>')[0]).toMatch(
    /- \*\*postconditions\.constraints\[\w+\.(\w+)\]\*\*[^\n]*\n\n {2}```text\n {2}CONSTRAINT_MISSING: [^\n]*\1 is missing[^`]*```\n\n {2}next:\n\n {2}```text\n {2}SET GLOBAL tidb_enable_check_constraint = ON; ALTER TABLE `\w+` ADD CONSTRAINT `\1`/,
  )
  expect(outcome.report).toContain('| Constraints | 0 of 21 there, 0 of 21 enforced |')
  expect(outcome.stdout).toMatch(
    /\n {2}report {2}\S+\/report\.md\n\n {2}\S+ on guide: applied in part[^\n]*\n {2}FAILED {2}[^\n]*\s*$/,
  )
  expectReadable(outcome, 60)
})
