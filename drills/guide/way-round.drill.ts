import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../helpers/core/config/project.ts'
import { runSuite } from '../../helpers/run/suite-process.ts'
import { startFixture } from '../support/fixture.ts'
import { copyOfProject } from '../support/project-copy.ts'

const reports = () => mkdtemp(join(tmpdir(), 'drill-reports-'))

describe('no way round the order', () => {
  test.for(['02-backup', '04-indexes', '05-constraints', '06-postconditions', '08-integrity', '11-rollback'])(
    'specs/%s alone is red and changes nothing',
    async (spec) => {
      const REPORTS_DIR = await reports()
      const outcome = await runSuite([`specs/${spec}`], { MIGRATION: 'example', REPORTS_DIR })
      expect(outcome.red.length, outcome.tail).toBeGreaterThan(0)
      expect(outcome.reasonOf(outcome.red[0] ?? '')).toMatch(
        /SECTION_MISSING[\s\S]*next: Run the whole suite: npx vitest run/,
      )
      expect(outcome.summary?.steps).toEqual([])
      expect(outcome.exitCode).not.toBe(0)
      await rm(REPORTS_DIR, { recursive: true })
    },
  )

  test('a name filter cannot pass: what it left out stands in the verdict', async () => {
    await using fixture = await startFixture()
    const outcome = await runSuite(['-t', 'table Event has the columns'], {
      ENGINE_DIR: fixture.engine.dataDir,
      RUN_DIR: fixture.runDir,
    })
    expect(outcome.summary?.verdict).toBe('failed')
    expect(outcome.summary?.incomplete.join('\n')).toMatch(
      /\d+ checks were filtered out; run without a name filter/,
    )
    expect(outcome.summary?.steps).toEqual([])
    expect(outcome.exitCode).not.toBe(0)
  })
})

describe('a part of the suite is never green, wherever and however it is started', () => {
  test.for<[string, string[], string, RegExp]>([
    [
      'from another folder',
      ['--root', projectRoot],
      tmpdir(),
      /04-indexes\.spec\.ts did not run; run the whole suite/,
    ],
    [
      'without the reporter of the suite',
      ['--reporter=dot'],
      projectRoot,
      /FAILED {2}the run left no .*summary\.json/,
    ],
  ])('%s', async ([, args, cwd, says]) => {
    const REPORTS_DIR = await reports()
    const outcome = await runSuite(
      ['specs/01-preflight', ...args],
      { MIGRATION: 'example', REPORTS_DIR },
      { cwd },
    )
    expect(outcome.output).toMatch(says)
    expect(outcome.exitCode).not.toBe(0)
    expect(existsSync(join(REPORTS_DIR, 'rehearsal-pass-example.json'))).toBe(false)
    await rm(REPORTS_DIR, { recursive: true })
  })
})

test('a stale lock stops the run before anything is started', async () => {
  await using copy = await copyOfProject()
  const script = join(copy.root, 'sql/v3/indexes.sql')
  await writeFile(script, (await readFile(script, 'utf8')).replace('`event_name`(100)', '`event_name`(50)'))
  const outcome = await runSuite([], { SCALE: 'small' }, { root: copy.root })
  expect(outcome.output).toMatch(
    /LOCK_STALE: sql\/v3\/lock\.json is stale[\s\S]*next: Run: MIGRATION=v3 npm run lock/,
  )
  expect(outcome.output).not.toMatch(/\n\s+at /)
  expect(outcome.exitCode).not.toBe(0)
})
