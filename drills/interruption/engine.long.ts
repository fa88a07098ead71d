import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { projectRoot } from '../../helpers/core/config/project.ts'
import { dockerAnswers } from '../../helpers/core/server/container.ts'
import { canBuild } from '../../helpers/core/server/embedded/build.ts'
import { runSuite } from '../../helpers/run/suite-process.ts'

test('two runs at once build the engine once', async (context) => {
  if (!(await canBuild())) return context.skip('there is no Go 1.23 or later here')
  const cache = await mkdtemp(join(tmpdir(), 'drill-cache-'))
  const build = () =>
    execa(process.execPath, [join(projectRoot, 'helpers/cli/engine.ts')], {
      // Vitest sets MODE=test for its workers, which is no mode of the suite.
      env: { ENGINE_CACHE: cache, TIDB_SERVER_BIN: '', MODE: '' },
      reject: false,
    })
  const [one, other] = await Promise.all([build(), build()])
  expect([one.exitCode, other.exitCode], `${one.stderr}\n${other.stderr}`).toEqual([0, 0])
  expect(one.stdout).toBe(other.stdout)
  const builds = [one.stderr, other.stderr].filter((said) => said.includes('building the engine once'))
  expect(builds).toHaveLength(1)
  await rm(cache, { recursive: true })
})

test('without an engine and without Go, a Docker that answers stands in, and the run says so', async (context) => {
  const image = process.env['TIDB_IMAGE']
  if (image === undefined) return context.skip('TIDB_IMAGE is not set')
  if (!(await dockerAnswers())) return context.skip('Docker does not answer')
  const folder = await mkdtemp(join(tmpdir(), 'drill-reports-'))
  const outcome = await runSuite([], {
    MIGRATION: 'example',
    REPORTS_DIR: folder,
    TIDB_SERVER_BIN: '',
    ENGINE_CACHE: join(folder, 'empty-cache'),
    PATH: '/nonexistent',
    TIDB_IMAGE: image,
  })
  expect(outcome.output).toContain(
    'no tidb-server here and no Go to build one; Docker answers, so a container stands in',
  )
  expect(outcome.summary, outcome.tail).toMatchObject({ verdict: 'passed', target: { kind: 'container' } })
  await rm(folder, { recursive: true })
})
