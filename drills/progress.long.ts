import { spawnSync } from 'node:child_process'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { environmentWith, projectRoot } from './suite.ts'
import { startWorld } from './world.ts'

const erase = '\r\u001B[2K'
const told = /step \d+ of \d+ done, .*; [\d,]+ of [\d,]+ rows, [\d,]+ rows\/s, about .* left/

test('piped, the progress of the steps comes in plain lines', async () => {
  await using world = await startWorld()
  const outcome = await world.run(['preflight', 'indexes'])
  expect(outcome.red, outcome.tail).toEqual([])
  const lines = outcome.output.split('\n').filter((line) => told.test(line))
  expect(lines.length, outcome.output).toBeGreaterThan(0)
  expect(outcome.output).not.toContain(erase)
})

// script(1) of util-linux gives a command a terminal of its own; that of macOS takes other options.
const canHaveTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0

test.skipIf(!canHaveTerminal)(
  'on a terminal it is one line that is drawn over, and in CI plain lines',
  async () => {
    await using world = await startWorld()
    const run = async (variables: Record<string, string>) => {
      const command = `${process.execPath} node_modules/vitest/vitest.mjs run specs/01-preflight.spec.ts specs/04-indexes.spec.ts`
      const { stdout } = await execa('script', ['-qec', command, '/dev/null'], {
        cwd: projectRoot,
        env: environmentWith({
          ENGINE_DIR: world.engine.dataDir,
          RUN_DIR: world.runDir,
          SCALE: 'small',
          TRAFFIC: 'off',
          TERM: 'xterm',
          ...variables,
        }),
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
      })
      return stdout
    }
    const drawn = await run({})
    const bars = drawn.split(erase).filter((part) => /^ {2}\[#*-*\] \d+ % {2}step \d+ of/.test(part))
    expect(bars.length, drawn).toBeGreaterThan(1)
    // What others say stands on lines of its own, above the bar.
    expect(drawn).toMatch(/\n {3}step \d+ of 25 {2}apply:index:/)
    expect(drawn.split('\n').filter((line) => /^ {3}step \d+ of \d+ done/.test(line))).toEqual([])

    await world.sql('ALTER TABLE `Order` DROP INDEX idx_customer_email, DROP INDEX idx_user_created')
    const inCi = await run({ CI: 'true' })
    expect(inCi).not.toContain(erase)
  },
)
