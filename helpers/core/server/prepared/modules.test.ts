import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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

test.each<[string, string]>([
  ['an import that is awaited', "await import('./other.ts')"],
  ['two imports on a line', "import './types.ts'; import './other.ts'"],
  ['a comment with an apostrophe in it', "import {\n  // it's one\n  other,\n} from './other.ts'"],
  ['the name of what it is compiled to', "import './other.js'"],
  ['a name without an ending', "export * from './other'"],
  ['the type and the value of it', "import { type Other, other } from './other.ts'"],
])('what is imported counts: %s', (_, text) => {
  write('first.ts', text)
  write('other.ts', 'export const other = 1\n')
  const before = hash()
  write('other.ts', 'export const other = 2\n')
  expect(hash()).not.toBe(before)
})

test('a module that is missing counts, as one that is there later', () => {
  write('first.ts', "import './other.ts'")
  const before = hash()
  write('other.ts', '')
  expect(hash()).not.toBe(before)
})

test('a package that is linked counts by its text, any other by its version', () => {
  write('first.ts', "import { x } from 'linked/part'")
  mkdirSync(join(folder, 'node_modules'))
  mkdirSync(join(folder, 'source'))
  write(
    'source/package.json',
    '{ "name": "linked", "version": "1.0.0", "exports": { "./part": "./part.ts" } }',
  )
  write('source/part.ts', 'export const x = 1')
  symlinkSync(join(folder, 'source'), join(folder, 'node_modules/linked'), 'junction')
  const before = hash()
  write('source/part.ts', 'export const x = 2')
  expect(hash()).not.toBe(before)
  rmSync(join(folder, 'node_modules/linked'))
  mkdirSync(join(folder, 'node_modules/linked'))
  const of = (version: string) => {
    write('node_modules/linked/package.json', `{ "name": "linked", "version": "${version}", "exports": {} }`)
    return hash()
  }
  expect(of('1.0.0')).not.toBe(of('1.0.1'))
})

test('a file that is no text counts byte by byte', () => {
  const of = (...bytes: number[]) => {
    writeFileSync(join(folder, 'names.bin'), new Uint8Array(bytes))
    return hashOfModules([join(folder, 'names.bin')])
  }
  expect(of(0xff, 1)).not.toBe(of(0xfe, 1))
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
