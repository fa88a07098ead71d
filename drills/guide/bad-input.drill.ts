import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import getPort from 'get-port'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runSuite, type SuiteOutcome } from '../../helpers/run/suite-process.ts'
import { expectRed } from '../support/faults/fault.ts'
import { drillDatabase, type Fixture, startFixture } from '../support/fixture.ts'

/** Asserts one clear message, no stack, nothing run, and an exit code that is not zero. */
const expectRefused = (outcome: SuiteOutcome, says: RegExp) => {
  expect(outcome.output).toMatch(says)
  expect(outcome.output).toMatch(/\n {2}next: /)
  expect(outcome.output).toContain('FAILED  the run did not start')
  expect(outcome.output).not.toMatch(/\n\s+at |No test files found/)
  expect(outcome.summary).toBeUndefined()
  expect(outcome.exitCode).not.toBe(0)
}

let fixture: Fixture
let folder: string
beforeAll(async () => {
  fixture = await startFixture()
  folder = await mkdtemp(join(tmpdir(), 'drill-input-'))
  await fixture.sql(
    "CREATE USER 'gate'@'%' IDENTIFIED BY 's3cret&pass/word'",
    "GRANT SELECT ON *.* TO 'gate'@'%'",
  )
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const remote = async (url: string, variables: Record<string, string> = { ALLOW_PLAINTEXT: '1' }) =>
  runSuite([], { TARGET: 'prod', DATABASE_URL: url, REPORTS_DIR: join(folder, 'reports'), ...variables })

describe('a target that cannot be used', () => {
  const password = encodeURIComponent('s3cret&pass/word')
  const at = () => `127.0.0.1:${fixture.engine.address.port}`

  test('no server', async () => {
    const port = await getPort({ host: '127.0.0.1' })
    const outcome = await remote(`mysql://gate:${password}@127.0.0.1:${port}/${drillDatabase}`)
    expectRefused(
      outcome,
      /TARGET_UNREACHABLE: gate@127\.0\.0\.1:\d+\/ticketbookingdb: nothing listens there/,
    )
  })
  test('a host name that nobody has', async () => {
    const outcome = await remote(`mysql://gate:${password}@no-such-host.invalid/${drillDatabase}`)
    expectRefused(outcome, /TARGET_UNREACHABLE: .*the host name (?:is unknown|cannot be looked up)/)
  })
  test('a server without TLS: the password is not sent', async () => {
    const outcome = await remote(
      `mysql://gate:${password}@localhost:${fixture.engine.address.port}/${drillDatabase}`,
      {},
    )
    expectRefused(outcome, /TARGET_UNREACHABLE[\s\S]*the server offers no TLS/)
  })
  test('a wrong password, which is shown nowhere', async () => {
    const outcome = await remote(`mysql://gate:wr0ng-${password}@${at()}/${drillDatabase}`)
    expectRefused(outcome, /TARGET_UNREACHABLE[\s\S]*the user name or the password is wrong/)
    expect(outcome.output).not.toMatch(/wr0ng|s3cret/)
    expect(outcome.report).toMatch(/^# FAILED: check of v3 on prod\n[\s\S]*TARGET_UNREACHABLE/)
    expect(outcome.report).not.toMatch(/wr0ng|s3cret|mysql:/)
  })
  test('an engine whose account may not make the database', async () => {
    const file = join(fixture.engine.dataDir, 'engine.json')
    const state = await readFile(file, 'utf8')
    await fixture.sql("CREATE USER 'weak'@'%'", "GRANT SELECT ON migration_harness.* TO 'weak'@'%'")
    await writeFile(file, state.replace('{', '{"user":"weak",'))
    const outcome = await runSuite([], {
      ENGINE_DIR: fixture.engine.dataDir,
      REPORTS_DIR: join(folder, 'reports'),
      SCALE: 'small',
    })
    await writeFile(file, state)
    expectRefused(outcome, /SERVER_ERROR: 1044: Access denied for user 'weak'[\s\S]*next: [\s\S]*GRANT /)
    expect(outcome.output).not.toContain('UNEXPECTED')
  })
  test('an unknown database', async () => {
    expectRefused(
      await remote(`mysql://gate:${password}@${at()}/no_such_db`),
      /TARGET_UNREACHABLE[\s\S]*the (?:database does not exist|account may not use this database)/,
    )
  })
  test('a server that is too old', async () => {
    await using old = await startFixture({ serverVersion: '8.0.11-TiDB-v7.1.5' })
    expectRed(await old.run(['preflight']), {
      red: ['preflight.version'],
      says: /SERVER_TOO_OLD: The server says 8\.0\.11-TiDB-v7\.1\.5; TiDB v7\.5\.0 or later is needed/,
    })
    const after = await old.run(['indexes'])
    expect(
      after.summary?.checks.every(({ status }) => status === 'skipped'),
      after.tail,
    ).toBe(true)
    expect(after.summary?.steps).toEqual([])
  })
})

describe('variables that cannot be right', () => {
  test.for([
    [{ SCALE: 'huge' }, /CONFIG_INVALID: SCALE is "huge"; allowed: small, medium, standard or large/],
    [{ TARGET: 'prod' }, /CONFIG_INVALID: DATABASE_URL is not set; allowed: mysql:/],
    [
      { TARGET: 'prod', DATABASE_URL: 'postgres://u:p4ss@h/d' },
      /DATABASE_URL is "\(hidden\)"; allowed: mysql:/,
    ],
    [{ MIGRATION: 'v9' }, /MIGRATION_INVALID: MIGRATION=v9[\s\S]*Set MIGRATION to one of: /],
    [
      { TIDB_SERVER_BIN: '/no/such/file' },
      /ENGINE_BINARY_INVALID: TIDB_SERVER_BIN=\/no\/such\/file is not a file that can be run/,
    ],
    [{ TIDB_SERVER_BIN: '/bin/true' }, /ENGINE_NOT_STARTED: \/bin\/true/],
    [{ ENGINE_DIR: '/no/such/dir' }, /ENGINE_NOT_RUNNING: No embedded engine runs on ENGINE_DIR/],
    [
      { TARGET: 'prod', MODE: 'rehearse', DATABASE_URL: 'mysql://u:p4ss@h/d' },
      /MODE is "rehearse"; allowed: check, apply or rollback on the target prod/,
    ],
    [{ TARGET: 'container', DOCKER_HOST: 'tcp://127.0.0.1:9' }, /DOCKER_UNAVAILABLE/],
  ] as const)('%o', async ([variables, says]) => {
    const outcome = await runSuite([], {
      MIGRATION: 'example',
      REPORTS_DIR: join(folder, 'reports'),
      ...variables,
    })
    expectRefused(outcome, says)
    expect(outcome.output).not.toContain('p4ss')
  })

  test('no engine, no Go, no Docker: the ways to get one', async () => {
    const outcome = await runSuite([], {
      MIGRATION: 'example',
      REPORTS_DIR: join(folder, 'reports'),
      TIDB_SERVER_BIN: '',
      ENGINE_CACHE: join(folder, 'empty-cache'),
      PATH: '/nonexistent',
      DOCKER_HOST: 'tcp://127.0.0.1:9',
    })
    expectRefused(
      outcome,
      /ENGINE_UNAVAILABLE[\s\S]*Install Go 1\.23 or later, or set TIDB_SERVER_BIN=[\s\S]*install Docker/,
    )
  })
})

describe('reports that cannot be written', () => {
  test('a file stands in the way', async () => {
    const outcome = await runSuite([], { MIGRATION: 'example', REPORTS_DIR: '/dev/null/reports' })
    expectRefused(outcome, /REPORT_NOT_WRITTEN: \/dev\/null\/reports/)
  })

  test('the disk is full when the steps begin: nothing is changed on the server', async (context) => {
    const disk = join(folder, 'disk')
    await mkdir(disk)
    const mounted = await execa('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { reject: false })
    if (mounted.failed) return context.skip('only root can mount a small disk')
    try {
      await execa('cp', ['-r', fixture.runDir, join(disk, 'run')])
      const variables = {
        ENGINE_DIR: fixture.engine.dataDir,
        RUN_DIR: join(disk, 'run'),
        SCALE: 'small',
        // What buyers leave behind would be what finds the disk full first.
        TRAFFIC: 'off',
      }
      await runSuite(['specs/01-preflight'], variables)
      await execa('dd', ['if=/dev/zero', `of=${disk}/fill`, 'bs=4k'], { reject: false })
      const outcome = await runSuite(['specs/04-indexes'], variables)
      expect(outcome.output).toMatch(
        /REPORT_NOT_WRITTEN: .*steps\.jsonl.*ENOSPC[\s\S]*Nothing is changed on a server that cannot be put on record/,
      )
      expect(outcome.exitCode).not.toBe(0)
      await using session = await fixture.connect()
      const { warnings } = await session.run('ALTER TABLE Payment ADD INDEX idx_transaction (transaction_id)')
      expect(warnings).toEqual([])
      await session.run('ALTER TABLE Payment DROP INDEX idx_transaction')
    } finally {
      await execa('umount', [disk])
    }
  })
})
