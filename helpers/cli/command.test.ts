import { describe, expect, test } from 'vitest'
import { runCli } from '../run/suite-process.ts'

const run = (name: string, args: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
  runCli(`helpers/cli/${name.replace(':', '-')}.ts`, variables, args)

const commands: readonly [name: string, options: readonly string[]][] = [
  ['engine', []],
  ['lock', []],
  ['backup', []],
  ['bench:compare', ['--docs', '--rounds', '--scales']],
  ['bench:scale', ['--docs', '--fresh', '--scales']],
]

const expectRefused = async (name: string, arg: string) => {
  const refused = await run(name, [arg])
  expect(refused.exitCode).toBe(1)
  expect(refused.stdout).toBe('')
  expect(refused.stderr.trim()).toMatch(
    new RegExp(
      `^ARGUMENTS_INVALID: npm run ${name} does not understand ${arg}\\.\n  next: .*npm run ${name}`,
    ),
  )
}

describe.each(commands)('npm run %s', (name, options) => {
  test('--help tells what it does and which options it takes', async () => {
    const help = await run(name, ['--help'])
    expect(help.exitCode, help.all).toBe(0)
    expect(help.stdout).toContain(`USAGE npm run ${name}`)
    expect([...help.stdout.matchAll(/^ +(--\w+)/gm)].map(([, option]) => option)).toEqual(options)
  })

  test('refuses an option that it does not know, and does nothing', () => expectRefused(name, '--slow'))
})

test('a word is refused, and so is the negation of an option that is not there', async () => {
  await expectRefused('engine', 'word')
  await expectRefused('engine', '--no-luck')
})

test('an option without its value is refused', async () => {
  expect((await run('bench:scale', ['--scales'])).stderr).toContain('ARGUMENTS_INVALID')
  expect((await run('bench:compare', ['--docs', '--rounds', '1'])).stderr).toContain('ARGUMENTS_INVALID')
})

test('an error of ours is told in what, why and next on standard error, without a stack', async () => {
  const failed = await run('engine', [], { TIDB_SERVER_BIN: '/nonexistent' })
  expect(failed.exitCode).toBe(1)
  expect(failed.stdout).toBe('')
  expect(failed.stderr.trim()).toMatch(/^ENGINE_BINARY_INVALID: .*\/nonexistent.*\n {2}next: [^\n]*$/)
})

test('npm run engine prints the path of the engine on standard output, and nothing else', async () => {
  const [TIDB_SERVER_BIN, DUMPLING_BIN] = [process.execPath, process.execPath]
  const found = await run('engine', [], { TIDB_SERVER_BIN, DUMPLING_BIN })
  expect(found.exitCode, found.all).toBe(0)
  expect(found.stdout).toBe(process.execPath)
})
