import { join } from 'node:path'
import { stripVTControlCharacters as plain } from 'node:util'
import { expect, test } from 'vitest'
import { projectRoot } from '../../helpers/core/config/project.ts'
import { runSections } from '../support/inner-sections.ts'

const reporters = ['terminal/live-reporter.ts', 'reporter.ts'].map((file) =>
  join(projectRoot, 'helpers/run', file),
)
const errors = join(projectRoot, 'helpers/core/errors/harness-error.ts')

const preflight = `import { expect } from 'vitest'
import { HarnessError } from '${errors}'
const { check, run } = section('preflight', {})
run.write('run.json', { startedAt: '2026-01-02T03:04:05.000Z' })
check('green', 'a', async () => { console.log('   a line of a check') })
check('ours', 'b', async () => {
  throw new HarnessError('A_CODE', { what: 'ours is wrong', next: 'type this', cause: new Error('the cause'), fields: { a: 1 } })
})
check('strange', 'c', async () => { throw new TypeError('strange is wrong') })
check('assertion', 'd', async () => { expect(['one']).toEqual(['two']) })`

const sections = {
  preflight,
  backup: "throw new Error('this file cannot be loaded')",
  indexes: `import { beforeAll } from 'vitest'
const { check } = section('indexes', {})
beforeAll(() => { throw new Error('this set-up fails') })
check('a', 'a', async () => {})`,
  constraints: `const { check } = section('constraints', {})
check('a', 'a', async () => {
  void Promise.reject(new Error('nobody caught this'))
  await new Promise((resolve) => setTimeout(resolve, 50))
})`,
}

test('what goes wrong is seen once: checks, files that cannot be loaded, set-ups, errors outside of checks', async () => {
  using ran = await runSections(
    { only: { mode: 'rehearse', token: 'token', settings: { SCALE: 'small' }, sections } },
    { reporters },
  )
  const said = plain(ran.said)
  const lines = said.trimEnd().split('\n')
  const counted = (text: string) => said.split(text).length - 1
  const once = [
    ...['ours is wrong', 'type this', 'strange is wrong', 'this file cannot be loaded', 'this set-up fails'],
    ...['nobody caught this', 'a line of a check', 'failed  preflight.ours', "expected [ 'one' ] to deeply"],
  ]
  expect(Object.fromEntries(once.map((text) => [text, counted(text)])), said).toEqual(
    Object.fromEntries(once.map((text) => [text, 1])),
  )
  expect(said).not.toMatch(/Serialized Error|stdout \||the cause|⎯|filtered out/)
  // An error of ours says what to do; where another came from is all that is known of it.
  expect(said).toMatch(/A_CODE: ours is wrong\n +next: type this\n {2}failed/)
  expect(said).toMatch(/UNEXPECTED: strange is wrong\n +at \S*0-preflight\.spec\.ts:\d+:\d+\n/)
  expect(lines.at(-1)).toMatch(/^ {2}FAILED {2}3 checks failed/)
  const ofSections = lines.filter((line) => /^ {2}(?:red|preflight|\d-\w+|indexes|constraints) /.test(line))
  expect(ofSections.map((line) => line.replace(/[\d.]+ s\b/, '… s'))).toMatchInlineSnapshot(`
    [
      "  red  preflight.ours  A_CODE",
      "  red  preflight.strange  UNEXPECTED",
      "  red  preflight.assertion  ASSERTION_FAILED",
      "  preflight            1 passed     3 failed                  … s",
      "  1-backup                                                    … s   broken: see below",
      "  indexes                                       1 skipped     … s   broken: see below",
      "  constraints          1 passed                               … s",
    ]
  `)
})
