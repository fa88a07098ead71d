import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writePart } from './page-part.ts'

let dir: string
let file: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'page-part-'))
  file = join(dir, 'page.md')
})
afterEach(() => rmSync(dir, { recursive: true }))

test('one part is replaced, again and again, and the others stay', () => {
  writeFileSync(file, 'top\n<!-- a -->\nold\n<!-- end of a -->\nmiddle\n<!-- b -->\n<!-- end of b -->\nend\n')
  writePart(file, 'a', '\nnew $& \n')
  writePart(file, 'b', 'first')
  writePart(file, 'b', 'second')
  expect(readFileSync(file, 'utf8')).toBe(
    'top\n<!-- a -->\nnew $&\n<!-- end of a -->\nmiddle\n<!-- b -->\nsecond\n<!-- end of b -->\nend\n',
  )
})

test.each([
  ['a page without the part', 'top\n'],
  ['a part without an end', '<!-- a -->\n'],
])('%s is left alone', (_, text) => {
  writeFileSync(file, text)
  expect(() => writePart(file, 'a', 'new')).toThrow(/PAGE_INVALID/)
  expect(readFileSync(file, 'utf8')).toBe(text)
})
