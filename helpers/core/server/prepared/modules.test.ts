import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashOfModules } from './modules.ts'

const folders: string[] = []
let folder: string
const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const hash = () => hashOfModules([join(folder, 'first.ts')])

const make = () => {
  folder = mkdtempSync(join(tmpdir(), 'modules-'))
  folders.push(folder)
  write(
    'first.ts',
    "import {\n  second,\n} from './second.ts'\nimport type { T } from './types.ts'\nexport { second }\n",
  )
  write('second.ts', "import './third.ts'\nimport { z } from 'zod'\nexport const second = z\n")
  write('third.ts', "export * from './first.ts'\n")
  write('types.ts', 'export type T = string\n')
}

beforeEach(make)
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true })
})

test.each(['first.ts', 'second.ts', 'third.ts'])('another text of %s is another hash', (name) => {
  const before = hash()
  write(name, "import { z } from 'zod'\nexport const second = [z]\n")
  expect(hash()).not.toBe(before)
})

test('types and line ends do not count', () => {
  const before = hash()
  write('types.ts', 'export type T = number\n')
  write('third.ts', "export * from './first.ts'\r\n")
  expect(hash()).toBe(before)
})

test('the same modules in another folder have the same hash', () => {
  const before = hash()
  make()
  expect(hash()).toBe(before)
})
