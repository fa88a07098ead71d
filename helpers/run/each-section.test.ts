import { globSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const learned = 'export const learned: string[] = []'

// Whoever finds nothing leaves something, in a module of its own and in those of a section.
const spec = (section: string) => `
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { assertFreshModules } from './helpers/run/fresh-modules.ts'
import { learned } from './learned.ts'
test('${section} finds no word of another', () => {
  writeFileSync(\`worker-\${process.pid}\`, '')
  expect(learned).toEqual([])
  learned.push('all is well')
})
test('${section} is given modules of its own', () => assertFreshModules('${section}'))
test('${section} has the matchers', () => expect(() => expect(1).toUseIndex('i')).toThrow('QUERY_PLAN_EXPECTED'))
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'each-section-'))
  for (const shared of ['node_modules', 'helpers']) symlinkSync(join(root, shared), join(folder, shared))
  writeFileSync(join(folder, 'learned.ts'), learned)
  for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.spec.ts`), spec(name))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs two specs that need no server, with the configuration of the suite and with what differs from it. */
const runBoth = async (differs: string) => {
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import suite from '${join(root, 'vitest.config.ts')}'
export default { test: { ...suite.test, include: ['*.spec.ts'], globalSetup: [], reporters: ['verbose'], ${differs} } }`,
  )
  const inherited = Object.entries(process.env).filter(([name]) => !/^VITEST|^NODE_ENV$/.test(name))
  const { all, exitCode } = await execa(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run'],
    {
      cwd: folder,
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', MODE: '', TARGET: '' },
      extendEnv: false,
      all: true,
      reject: false,
    },
  )
  return { output: all, exitCode, workers: globSync('worker-*', { cwd: folder }).length }
}

test('one worker runs all specs, and none sees what an earlier one left in a module', async () => {
  const { output, exitCode, workers } = await runBoth('')
  expect(output).toContain('6 passed')
  expect(exitCode).toBe(0)
  expect(workers).toBe(1)
})

test('without each-section.ts the second is refused', async () => {
  const { output, exitCode } = await runBoth('setupFiles: []')
  expect(output).toContain('MODULES_KEPT: The section two was given the modules of the section one.')
  expect(output).toContain('"all is well"')
  expect(exitCode).not.toBe(0)
})
