import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { wayComparisonShape } from '../../helpers/bench/comparison/figures.ts'
import { growthShape } from '../../helpers/bench/growth/figures.ts'
import { projectRoot } from '../../helpers/core/config/project.ts'
import { RunFolder } from '../../helpers/core/record/run-folder.ts'
import { until } from '../support/until.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drill-benchmarks-'))
  cpSync(join(projectRoot, 'docs/benchmarks.md'), join(folder, 'benchmarks.md'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const start = (script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  execa(process.execPath, [join(projectRoot, `helpers/cli/bench-${script}.ts`), '--docs', folder, ...args], {
    cwd: projectRoot,
    env: { REPORTS_DIR: folder, NO_COLOR: '1', ...env },
    all: true,
    reject: false,
  })
const page = () => readFileSync(join(folder, 'benchmarks.md'), 'utf8')

test('bench:scale that is killed measures that scale again; what is done is not done twice', async () => {
  const figures = join(folder, 'growth/small.json')
  const killed = start('scale', ['--scales', 'small'])
  let output = ''
  killed.all?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const isMeasuring = () => output.includes('queries before')
  await until('the queries before', () => isMeasuring() || killed.exitCode !== null, 240_000)
  killed.kill('SIGKILL')
  expect((await killed).signal).toBe('SIGKILL')
  expect(existsSync(figures)).toBe(false)
  const untouched = page()

  const second = await start('scale', ['--scales', 'small'])
  expect(second.exitCode, second.all).toBe(0)
  const growth = new RunFolder(dirname(figures)).read('small.json', growthShape, 'bench:scale')
  expect(growth).toMatchObject({ scale: 'small', orders: 1_000, rows: 10_168 })
  expect(growth.queries).toHaveLength(7)
  expect(Object.values(growth.times).every((ms) => ms > 0)).toBe(true)
  expect(page()).not.toBe(untouched)
  expect(page()).toContain('| 1,000 | 10,168 |')
  expect(readFileSync(join(folder, 'growth-times.svg'), 'utf8')).toMatch(/^<svg [\s\S]*rollback/)

  const third = await start('scale', ['--scales', 'small'])
  expect(third.exitCode, third.all).toBe(0)
  expect(third.all).toMatch(/small +is measured already/)
  expect(third.all).not.toContain('apply')
})

test('bench:compare says why a way is left out, and judges no bar without the guide', async () => {
  // Neither a mysql client nor anything else is on this PATH.
  const outcome = await start('compare', ['--scales', 'small', '--rounds', '1'], { PATH: folder })
  expect(outcome.exitCode, outcome.all).toBe(0)
  expect(outcome.all).toMatch(
    /skipped +mysql: there is no mysql client on the PATH; on Debian: apt-get install/,
  )
  const comparison = new RunFolder(join(folder, 'comparison')).read(
    'small.json',
    wayComparisonShape,
    'compare',
  )
  expect(comparison.samples.map(({ way }) => way)).toEqual(['dbmate', 'harness'])
  expect(page()).toContain('skipped: there is no mysql client')
  expect(page()).toContain('cannot be judged')
})

test.each([
  ['compare', ['--scales', 'huge'], 'npm run bench:compare -- --scales small,standard --rounds 5'],
  ['compare', ['--rounds', '0'], 'npm run bench:compare'],
  ['scale', ['--slow'], 'npm run bench:scale -- --scales small,medium --fresh'],
])('bench:%s with %j is refused with the right way to say it', async (script, args, next) => {
  const outcome = await start(script, args)
  expect(outcome.exitCode).toBe(1)
  expect(outcome.all).toMatch(/ARGUMENTS_INVALID/)
  expect(outcome.all).toContain(next)
})
