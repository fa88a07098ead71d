import { existsSync, globSync } from 'node:fs'
import { cp, mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { findMysqldump } from '../../helpers/backup/dump/tool.ts'
import { runCli } from '../../helpers/run/suite-process.ts'
import { type BackupStandIn, startBackupStandIn } from '../support/backup-stand-in.ts'
import { strangeDumpling } from '../support/faults/strange-dumpling.ts'
import { drillDatabase } from '../support/fixture.ts'
import type { StandIn } from '../support/stand-in.ts'
import { until } from '../support/until.ts'

let stand: BackupStandIn
let prod: StandIn
let backups: string

beforeAll(async () => {
  stand = await startBackupStandIn()
  ;({ prod, backups } = stand)
})
afterAll(async () => stand[Symbol.asyncDispose]())

describe('a backup that is ended before it is proven', () => {
  const endWhenDumped = async (signal: 'SIGINT' | 'SIGKILL') => {
    const dir = join(backups, `../${signal}`)
    const running = runCli('helpers/cli/backup.ts', { ...prod.as('migration_check'), BACKUP_DIR: dir })
    const dumped = () => globSync('*/unproven.json', { cwd: dir })[0]
    await until('the dump', () => dumped() ?? running.exitCode !== null, 240_000)
    running.kill(signal)
    const outcome = await running
    prod.said.push(outcome.all)
    expect(outcome.exitCode).not.toBe(0)
    expect(outcome.stdout).toBe('')
    return { dir, outcome }
  }

  test('by a signal is removed', async () => {
    const { dir, outcome } = await endWhenDumped('SIGINT')
    expect(outcome.stderr).toContain('SIGINT: the backup was not finished, and is removed')
    expect(await readdir(dir)).toEqual([])
  })

  test('by a kill is no proof, by its folder or by its file', async () => {
    const { dir } = await endWhenDumped('SIGKILL')
    const [made = ''] = await readdir(dir)
    const byFolder = await stand.apply({ BACKUP_MANIFEST: join(dir, made) }, [])
    expect(byFolder.output).toMatch(/REFUSED[\s\S]*BACKUP_UNREADABLE: .*backup\.json does not exist/)
    const byFile = await stand.apply({ BACKUP_MANIFEST: join(dir, made, 'unproven.json') }, [])
    expect(byFile.output).toMatch(
      /REFUSED[\s\S]*BACKUP_UNREADABLE: .*unproven\.json is of a backup that was not restored and compared/,
    )
    expect([byFolder.exitCode, byFile.exitCode]).toEqual([1, 1])
  })

  test('by a kill takes mysqldump with it, which would go on reading the target', async (context) => {
    const real = await findMysqldump()
    if (real === undefined) return context.skip('there is no mysqldump on the PATH')
    const dir = join(backups, '../held')
    const [pipe, pidFile] = [join(dir, 'pipe'), join(dir, 'pid')]
    await mkdir(dir)
    await execa('mkfifo', [pipe])
    // Nobody reads the pipe, so mysqldump is held in the midst of its work once that is full.
    await using _held = await open(pipe, 'r+')
    const script = `case "$1" in --version) exec ${real.path} "$@";; esac\necho $$ > ${pidFile}\nexec ${real.path} "$@" --result-file=${pipe}`
    await strangeDumpling(dir, 'mysqldump', script)
    const running = runCli('helpers/cli/backup.ts', {
      ...prod.as('migration_check'),
      BACKUP_DIR: dir,
      BACKUP_TOOL: 'mysqldump',
      PATH: `${dir}:${process.env['PATH']}`,
    })
    // The shell makes the file before it writes the number.
    const written = () => readFile(pidFile, 'utf8').catch(() => '')
    await expect.poll(written, { timeout: 60_000 }).toMatch(/^\d+\n$/)
    const pid = Number(await written())
    const isAlive = () => existsSync(`/proc/${pid}`)
    expect(isAlive()).toBe(true)
    running.kill('SIGKILL')
    prod.said.push((await running).all)
    try {
      await expect.poll(isAlive, { timeout: 20_000 }).toBe(false)
    } finally {
      if (isAlive() && pid > 1) process.kill(pid, 'SIGKILL')
    }
  })
})

describe('a backup that was not restored and compared is no proof', () => {
  // The manifest's rows and hashes come from the server, so nothing but a restore sees what the tool left out.
  const half = () => strangeDumpling(join(backups, '..'), 'half', `exec DUMPLING "$@" --where='RAND() < 0.5'`)
  const inFolder = (name: string) => join(backups, '..', name)
  /** Statistics that know of no row, as of a table that was just filled. */
  const unknown = async () => {
    await prod.sql('UPDATE mysql.stats_meta SET count = 0')
    await sleep(4_000)
  }
  const known = async () => {
    await using session = await prod.connect()
    const tables = await session.rows(
      z.object({ name: z.string() }),
      `SELECT TABLE_NAME AS name FROM information_schema.tables WHERE TABLE_SCHEMA = '${drillDatabase}' AND TABLE_TYPE = 'BASE TABLE'`,
    )
    for (const { name } of tables) await session.run(`ANALYZE TABLE \`${name}\``)
    await sleep(4_000)
  }

  test('half of the rows: within the budget the restore tells, above it nothing is dumped', async () => {
    const DUMPLING_BIN = await half()
    const within = await stand.backUp({ DUMPLING_BIN, BACKUP_DIR: inFolder('half-within') })
    expect(within.exitCode, within.all).toBe(1)
    expect(within.stderr).toMatch(/RESTORE_DIFFERENT[\s\S]*Order: 1000 rows, restored \d{3}\n/)
    expect(within.stdout).toBe('')
    expect(globSync('*/*.json', { cwd: inFolder('half-within') })).toEqual([
      expect.stringMatching(/\/unproven\.json$/),
    ])
    const above = await stand.backUp({
      DUMPLING_BIN,
      BACKUP_DIR: inFolder('half-above'),
      CHECK_BUDGET_ROWS: '100',
    })
    expect(above.exitCode, above.all).toBe(1)
    expect(above.stderr).toMatch(
      /BACKUP_NOT_RESTORED: .* about 10,168 rows are more than CHECK_BUDGET_ROWS=100[\s\S]*next: CHECK_BUDGET_ROWS=10168 TARGET=prod npm run backup[\s\S]*BACKUP_EVIDENCE=/,
    )
    expect(above.stdout).toBe('')
    expect(existsSync(inFolder('half-above'))).toBe(false)
  })

  test('above a budget that the statistics knew nothing of, it stays unproven, by whatever name', async () => {
    await unknown()
    const BACKUP_DIR = inFolder('above')
    const made = await stand.backUp({ BACKUP_DIR, CHECK_BUDGET_ROWS: '100' })
    await known()
    expect(made.exitCode, made.all).toBe(1)
    expect(made.stderr).toMatch(
      /BACKUP_NOT_RESTORED: .* 10,168 rows are more than CHECK_BUDGET_ROWS=100[\s\S]*CHECK_BUDGET_ROWS=10168 TARGET=prod npm run backup[\s\S]*BACKUP_EVIDENCE="\S*\/above\/\S+-prod"/,
    )
    expect(made.stdout).toBe('')
    const [unproven = ''] = globSync('*/*.json', { cwd: BACKUP_DIR })
    expect(unproven).toMatch(/\/unproven\.json$/)
    const renamed = join(BACKUP_DIR, unproven, '../backup.json')
    await cp(join(BACKUP_DIR, unproven), renamed)
    const outcome = await stand.apply({ BACKUP_MANIFEST: renamed }, [])
    expect(outcome.exitCode).toBe(1)
    expect(outcome.output).toMatch(/REFUSED[\s\S]*BACKUP_UNREADABLE: .* was not restored and compared/)
  })

  test('apply makes none that it would not restore: told at the beginning, or before the first step', async () => {
    const given = { BACKUP_DIR: inFolder('apply'), CHECK_BUDGET_ROWS: '100' }
    const told = await stand.apply(given, [])
    expect(told.exitCode).toBe(1)
    expect(told.output).toMatch(
      /REFUSED[\s\S]*BACKUP_NOT_RESTORED: .* about 10,168 rows are more than CHECK_BUDGET_ROWS=100[\s\S]*CHECK_BUDGET_ROWS=10168[\s\S]*BACKUP_EVIDENCE=/,
    )
    await unknown()
    const late = await stand.apply(given, [])
    await known()
    expect(late.red, late.tail).toEqual(['backup.restores'])
    expect(late.reasonOf('backup.restores')).toMatch(/BACKUP_NOT_RESTORED: .* 10,168 rows are more than/)
    expect(late.summary?.steps).toEqual([])
    expect(late.report).toContain('each file as it was made; restored: **backup.restores failed**')
  })

  test.for(['apply', 'rollback'])('%s stops at half of the rows before the first step', async (MODE) => {
    const BACKUP_DIR = inFolder(`half-${MODE}`)
    const outcome = await stand.apply({ MODE, BACKUP_DIR, DUMPLING_BIN: await half() }, [])
    expect(outcome.red, outcome.tail).toEqual(['backup.restores'])
    expect(outcome.reasonOf('backup.restores')).toMatch(/RESTORE_DIFFERENT/)
    expect(outcome.summary?.steps).toEqual([])
    expect(globSync('*/*.json', { cwd: BACKUP_DIR })).toEqual([expect.stringMatching(/\/unproven\.json$/)])
  })

  test('one that was restored when it was made need not be restored again above the budget', async () => {
    const made = await stand.backUp()
    const outcome = await stand.apply({ BACKUP_MANIFEST: made.stdout.trim(), CHECK_BUDGET_ROWS: '100' })
    expect(outcome.red, outcome.tail).toEqual([])
    const restores = outcome.summary?.checks.find(({ id }) => id === 'backup.restores')
    expect(restores).toMatchObject({
      status: 'skipped',
      reason: expect.stringMatching(
        /^it was restored and compared when it was made, at \d{4}-\S+Z; not again here: 10,168 rows are more than CHECK_BUDGET_ROWS=100$/,
      ),
      evidence: { restoredWhenMade: { at: expect.stringMatching(/Z$/), inMs: expect.any(Number) } },
    })
    expect(outcome.report).toContain('it was restored and compared when it was made, at ')
  })
})
