import { spawnSync } from 'node:child_process'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { projectRoot } from '../../helpers/core/config/project.ts'
import { environmentWith } from '../../helpers/run/suite-process.ts'
import { type Fixture, startFixture } from '../support/fixture.ts'

const erase = '\r\u001B[2K'
const colored = /\[\d+m/
const told = /step \d+ of \d+ done, .*; [\d,]+ of [\d,]+ rows, [\d,]+ rows\/s, about .* left/

/** Holds a table from before a run until it has told enough: its steps go on for so long, however fast the machine is. */
const whileHeld = async <T>(
  fixture: Fixture,
  start: () => Promise<T>,
  isEnough: () => boolean,
): Promise<T> => {
  await using session = await fixture.connect()
  await session.run('BEGIN')
  await session.run('UPDATE Venue SET capacity = capacity + 1 WHERE venue_id = 1')
  const running = start()
  await expect.poll(isEnough, { timeout: 90_000, interval: 200, message: 'enough progress' }).toBe(true)
  await session.run('ROLLBACK')
  return await running
}

test('piped, what runs, since when and how far it is comes in a plain line within 30 s', async () => {
  await using fixture = await startFixture()
  let said = ''
  const heard = (text: string) => {
    said += text
  }
  const outcome = await whileHeld(
    fixture,
    () => fixture.run(['preflight', 'indexes'], {}, { heard }),
    () => told.test(said),
  )
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.output).toMatch(/\n {3}running {2}indexes\.apply, since \d\d:\d\d:\d\d \(2\d s\); step /)
  expect(outcome.output).not.toContain(erase)
})

const barsIn = (output: string) =>
  output.split(erase).filter((part) => /^ {2}\[#*-*\] \d+ % {2}step \d+ of/.test(part))

// script(1) of util-linux gives a command a terminal of its own; that of macOS takes other options.
const canHaveTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0

test.skipIf(!canHaveTerminal)(
  'on a terminal it is one line that is drawn over, and in CI plain lines',
  async () => {
    await using fixture = await startFixture()
    const start = (variables: Record<string, string>) => {
      const command = `${process.execPath} node_modules/vitest/vitest.mjs run specs/01-preflight.spec.ts specs/04-indexes.spec.ts`
      return execa('script', ['-qec', command, '/dev/null'], {
        cwd: projectRoot,
        env: environmentWith({
          ENGINE_DIR: fixture.engine.dataDir,
          RUN_DIR: fixture.runDir,
          SCALE: 'small',
          TRAFFIC: 'off',
          TERM: 'xterm',
          ...variables,
        }),
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
      })
    }
    let said = ''
    const { stdout: drawn } = await whileHeld(
      fixture,
      () => {
        const running = start({})
        running.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString()
        })
        return running
      },
      () => barsIn(said).length >= 4,
    )
    // What others say stands on lines of its own, above the bar.
    expect(drawn.split(erase).join('\n')).toMatch(/\n {3}25 steps took .*; the longest: apply:index:/)
    expect(drawn.split('\n').filter((line) => /^ {3}step \d+ of \d+ done/.test(line))).toEqual([])

    await fixture.sql('ALTER TABLE `Order` DROP INDEX idx_customer_email, DROP INDEX idx_user_created')
    const { stdout: inCi } = await start({ CI: 'true', NO_COLOR: '' })
    expect(inCi).toMatch(/\n {2}preflight +\d+ passed/)
    expect(inCi).not.toContain(erase)
    expect(inCi).not.toMatch(colored)
  },
)
