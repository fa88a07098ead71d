import { spawnSync } from 'node:child_process'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { environmentWith, projectRoot, startSuite } from './suite.ts'
import { startWorld, type World } from './world.ts'

const erase = '\r\u001B[2K'
const told = /step \d+ of \d+ done, .*; [\d,]+ of [\d,]+ rows, [\d,]+ rows\/s, about .* left/

const steps = ['specs/01-preflight.spec.ts', 'specs/04-indexes.spec.ts']
const variablesIn = ({ engine, runDir }: World) => ({
  ENGINE_DIR: engine.dataDir,
  RUN_DIR: runDir,
  SCALE: 'small',
  TRAFFIC: 'off',
})

const collect = (stream: NodeJS.ReadableStream | undefined): (() => string) => {
  let said = ''
  stream?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  return () => said
}

/** Holds a table from before a run until it has told enough: its steps go on for so long, however fast the machine is. */
const whileHeld = async (world: World, start: () => () => boolean): Promise<void> => {
  await using session = await world.connect()
  await session.run('BEGIN')
  await session.run('UPDATE Venue SET capacity = capacity + 1 WHERE venue_id = 1')
  const isEnough = start()
  await expect.poll(isEnough, { timeout: 90_000, interval: 200, message: 'enough progress' }).toBe(true)
  await session.run('ROLLBACK')
}

test('piped, the progress of the steps comes in plain lines', async () => {
  await using world = await startWorld()
  const runs: ReturnType<typeof startSuite>[] = []
  await whileHeld(world, () => {
    const suite = startSuite(steps, variablesIn(world))
    runs.push(suite)
    const said = collect(suite.all)
    return () => told.test(said())
  })
  const [outcome] = await Promise.all(runs)
  expect(outcome?.all).toMatch(/indexes +\d+ +0 +\d+ .* passed/)
  expect(outcome?.all).not.toContain(erase)
})

const barsIn = (output: string) =>
  output.split(erase).filter((part) => /^ {2}\[#*-*\] \d+ % {2}step \d+ of/.test(part))

// script(1) of util-linux gives a command a terminal of its own; that of macOS takes other options.
const canHaveTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0

test.skipIf(!canHaveTerminal)(
  'on a terminal it is one line that is drawn over, and in CI plain lines',
  async () => {
    await using world = await startWorld()
    const start = (variables: Record<string, string>) => {
      const command = `${process.execPath} node_modules/vitest/vitest.mjs run ${steps.join(' ')}`
      return execa('script', ['-qec', command, '/dev/null'], {
        cwd: projectRoot,
        env: environmentWith({ ...variablesIn(world), TERM: 'xterm', ...variables }),
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
      })
    }
    const runs: ReturnType<typeof start>[] = []
    await whileHeld(world, () => {
      const running = start({})
      runs.push(running)
      const said = collect(running.stdout)
      return () => barsIn(said()).length >= 4
    })
    const [{ stdout: drawn } = { stdout: '' }] = await Promise.all(runs)
    // What others say stands on lines of its own, above the bar.
    expect(drawn).toMatch(/\n {3}step \d+ of 25 {2}apply:index:/)
    expect(drawn.split('\n').filter((line) => /^ {3}step \d+ of \d+ done/.test(line))).toEqual([])

    await world.sql('ALTER TABLE `Order` DROP INDEX idx_customer_email, DROP INDEX idx_user_created')
    const { stdout: inCi } = await start({ CI: 'true' })
    expect(inCi).not.toContain(erase)
  },
)
