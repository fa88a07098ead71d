import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cacheKeyOf, dataDamageOf, factsOf } from './manifest.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manifest-'))
  mkdirSync(join(folder, 'kv'))
  writeFileSync(join(folder, 'kv/1.sst'), 'rows')
  writeFileSync(join(folder, 'lock_store'), '')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a key does not depend on the order of its inputs, and on nothing but them', () => {
  expect(cacheKeyOf({ a: '1', b: '2' })).toBe(cacheKeyOf({ b: '2', a: '1' }))
  expect(cacheKeyOf({ a: '1', b: '2' })).not.toBe(cacheKeyOf({ a: '1', b: '3' }))
  expect(cacheKeyOf({ a: '1' })).not.toBe(cacheKeyOf({ a: '1', b: '' }))
})

test('a folder that is as it was has no damage', async () => {
  expect(await dataDamageOf(folder, await factsOf(folder))).toBeUndefined()
})

test.each<[string, (file: string) => void]>([
  ['kv/1.sst is missing', (file) => rmSync(file)],
  ['kv/1.sst has 5 bytes instead of 4', (file) => appendFileSync(file, 's')],
  ['kv/1.sst has 0 bytes instead of 4', (file) => writeFileSync(file, '')],
  ['kv/1.sst was changed', (file) => writeFileSync(file, 'rowz')],
  ['kv/2.sst was added', () => writeFileSync(join(folder, 'kv/2.sst'), '')],
])('damage: %s', async (damage, doDamage) => {
  const facts = await factsOf(folder)
  doDamage(join(folder, 'kv/1.sst'))
  expect(await dataDamageOf(folder, facts)).toBe(damage)
})
