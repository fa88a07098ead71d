import { describe, expect, test } from 'vitest'
import type { TestProject } from 'vitest/node'
import type { Mode } from '../../helpers/core/config/settings.ts'
import { assertStraightRun, refusePartOfRun } from '../../helpers/run/straight-run.ts'

interface Told {
  readonly vitest?: object
}

/** What vitest.config.ts asks for, with what a command line changed of it. */
const projectWith = ({ vitest = {} }: Told): TestProject =>
  ({
    vitest: { config: { maxWorkers: 1, retry: 0, sequence: {}, watch: false, ...vitest } },
  }) as TestProject
const refusal = (told: Told, mode: Mode) => {
  try {
    assertStraightRun(projectWith(told), mode)
    return undefined
  } catch (error) {
    return error
  }
}
const modes: readonly Mode[] = ['rehearse', 'check', 'apply', 'rollback']

test.each(modes)('the whole suite, once and in order, is straight in MODE=%s', (mode) => {
  expect(refusal({}, mode)).toBeUndefined()
  expect(refusal({ vitest: { retry: undefined } }, mode)).toBeUndefined()
})

describe.each(modes)('refused in MODE=%s', (mode) => {
  test.each<[string, Told]>([
    ['--retry', { vitest: { retry: 2 } }],
    ['--fileParallelism', { vitest: { maxWorkers: 2 } }],
    ['--sequence.shuffle', { vitest: { sequence: { shuffle: true } } }],
    ['--sequence.concurrent', { vitest: { sequence: { concurrent: true } } }],
    ['--shard', { vitest: { shard: { index: 1, count: 2 } } }],
  ])('%s', (name, told) => {
    expect(refusal(told, mode)).toMatchObject({
      code: 'RUN_NOT_STRAIGHT',
      message: expect.stringMatching(
        new RegExp(
          `MODE=${mode} does not go with ${name}: [\\s\\S]*Nothing was started[\\s\\S]*npx vitest run$`,
        ),
      ),
    })
  })
})

describe.each<[string, Told]>([
  ['watch mode', { vitest: { watch: true } }],
  ['-t', { vitest: { testNamePattern: /Part A/ } }],
])('%s', (name, told) => {
  test.each(modes)('in MODE=%s', (mode) => {
    const writes = mode === 'apply' || mode === 'rollback'
    const wanted = { code: 'RUN_NOT_STRAIGHT', message: expect.stringContaining(`go with ${name}`) }
    if (writes) expect(refusal(told, mode)).toMatchObject(wanted)
    else expect(refusal(told, mode)).toBeUndefined()
  })
})

test('all that is wrong is told at once', () => {
  expect(refusal({ vitest: { retry: 1, watch: true } }, 'apply')).toMatchObject({
    message: expect.stringMatching(/--retry: .*; watch mode: /),
  })
})

test.each(['--changed', '--shard=1/2', '--related', '--passWithNoTests'])(
  '%s is refused before anything starts: vitest may find nothing to run, and end green',
  (word) => {
    expect(() => refusePartOfRun(['node', 'vitest', 'run', word])).toThrow(/RUN_NOT_STRAIGHT.*not go with --/)
  },
)

test.each(['specs/04-indexes', '--reporter=dot', '--changedetail', 'changed'])('%s is not', (word) => {
  expect(() => refusePartOfRun(['node', 'vitest', 'run', word])).not.toThrow()
})
