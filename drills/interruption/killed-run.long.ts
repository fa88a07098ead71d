import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startSuite } from '../../helpers/run/suite-process.ts'
import { startFixture, verification } from '../support/fixture.ts'
import { until } from '../support/until.ts'

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`)

describe.skipIf(process.platform !== 'linux')(
  'a run that is ended from outside leaves no server behind',
  () => {
    test.for(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('%s', async (signal) => {
      const reports = await mkdtemp(join(tmpdir(), 'drill-reports-'))
      const suite = startSuite([], { MIGRATION: 'example', REPORTS_DIR: reports, TMPDIR: reports })
      const own = () => globSync('tidb-migration-harness-*/engine.json', { cwd: reports })[0]
      // The first one may be that which prepares the data.
      const timings = join(reports, 'latest/timings.jsonl')
      const isServerStarted = () =>
        existsSync(timings) && readFileSync(timings, 'utf8').includes('start of the server')
      await until('the engine', () => own() !== undefined)
      // SIGINT comes while the server is still starting, the others after it.
      if (signal !== 'SIGINT') await until('the set-up', () => isServerStarted() && own() !== undefined)
      const dataDir = join(reports, dirname(own() ?? ''))
      const state: unknown = JSON.parse(await readFile(join(dataDir, 'engine.json'), 'utf8'))
      const pid = typeof state === 'object' && state !== null && 'pid' in state ? Number(state.pid) : 0
      expect(isAlive(pid)).toBe(true)
      suite.kill(signal)
      const ended = await suite
      await until('the end of the server', () => !isAlive(pid) && !existsSync(dataDir))
      expect(ended.exitCode).not.toBe(0)
      expect(await readFile(join(reports, 'latest/report.md'), 'utf8')).toMatch(
        signal === 'SIGKILL'
          ? /^# NOT FINISHED: rehearse of example on embedded\n[\s\S]*not measured: everything/
          : new RegExp(
              `^# STOPPED: rehearse of example on embedded\\n[\\s\\S]*It was stopped by ${signal}, `,
            ),
      )
      await rm(reports, { recursive: true })
    })

    test('SIGKILL while the backup is restored into a second server', async () => {
      const reports = await mkdtemp(join(tmpdir(), 'drill-reports-'))
      const suite = startSuite([], { MIGRATION: 'example', REPORTS_DIR: reports, TMPDIR: reports })
      const servers = () => globSync('tidb-migration-harness-*/engine.json', { cwd: reports })
      await until('the second engine', () => servers().length === 2)
      suite.kill('SIGKILL')
      await suite
      await until(
        'the end of both',
        () => globSync('tidb-migration-harness-*', { cwd: reports }).length === 0,
      )
      await rm(reports, { recursive: true })
    })
  },
)

test('a run that is killed in the middle of Part A goes on where it was', async () => {
  await using fixture = await startFixture()
  await fixture.run(['preflight'])
  const steps = join(fixture.runDir, 'steps.jsonl')
  const done = () => (existsSync(steps) ? readFileSync(steps, 'utf8').split('"status":"done"').length - 1 : 0)
  await fixture.run(['indexes'], {}, { killWhen: () => done() >= 5 })
  const outcome = await fixture.run(['indexes', 'constraints', ...verification])
  expect(outcome.red, outcome.tail).toEqual([])
  const already =
    outcome.summary?.steps.filter(({ status, kind }) => status === 'already' && kind === 'index') ?? []
  expect(already.length).toBeGreaterThanOrEqual(5)
})
