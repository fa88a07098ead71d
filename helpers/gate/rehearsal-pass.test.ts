import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { passOf } from '../../drills/support/pass.ts'
import { defaultRates } from '../migrate/estimate/rates.ts'
import {
  findRehearsedRates,
  type PassDemand,
  type RehearsalPass,
  readPass,
  releaseLine,
} from './rehearsal-pass.ts'

const folder = mkdtempSync(join(tmpdir(), 'harness-pass-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'pass.json')
const server = '8.0.11-TiDB-v7.5.2'
const now = Date.parse('2026-03-10T12:00:00Z')
const ofDaysAgo = (days: number) => passOf({ rehearsedAt: new Date(now - days * 86_400_000).toISOString() })
const demand: PassDemand = {
  ...{ file, migration: 'v3', given: 'v3', lockHash: passOf().lockHash, days: 7, askedAt: now, except: [] },
}
const codeOf = (pass: unknown, changes: Partial<PassDemand> = {}, version = server) => {
  writeFileSync(file, typeof pass === 'string' ? pass : JSON.stringify(pass))
  const found = readPass({ ...demand, ...changes }, version)
  return 'pass' in found ? 'accepted' : found.refusal.code
}
const fresh = ofDaysAgo(1)
const without = (...except: string[]): RehearsalPass => passOf({ rehearsedAt: fresh.rehearsedAt, except })

describe('a pass', () => {
  test.each<[string, unknown, Partial<PassDemand>, string]>([
    ['of yesterday', fresh, {}, 'accepted'],
    ['at its last moment', ofDaysAgo(7), {}, 'accepted'],
    ['past it', ofDaysAgo(7.01), {}, 'PASS_TOO_OLD'],
    ['of an hour ahead, by another clock', ofDaysAgo(-0.04), {}, 'accepted'],
    ['of the day after tomorrow', ofDaysAgo(-2), {}, 'PASS_TOO_OLD'],
    ['that may be older', ofDaysAgo(20), { days: 30 }, 'accepted'],
    ['edited by hand', { ...ofDaysAgo(20), rehearsedAt: fresh.rehearsedAt }, {}, 'PASS_EDITED'],
    ['of another lock', fresh, { lockHash: 'f00' }, 'PASS_OF_ANOTHER_LOCK'],
    ['of another migration', fresh, { migration: 'v4' }, 'PASS_OF_ANOTHER_LOCK'],
    ['that left out what is asked for', without('Seat.x'), {}, 'PASS_WITH_EXCEPTIONS'],
    ['that left out what is left out', without('Seat.x'), { except: ['Seat.x'] }, 'accepted'],
    ['that left out less', fresh, { except: ['Seat.x'] }, 'accepted'],
    ['that is no JSON', '{', {}, 'PASS_UNREADABLE'],
    ['of another shape', { ...fresh, passVersion: 2 }, {}, 'PASS_UNREADABLE'],
    ['with a field that nobody knows', { ...fresh, note: '' }, {}, 'PASS_UNREADABLE'],
  ])('%s', (_, pass, changes, wanted) => {
    expect(codeOf(pass, changes)).toBe(wanted)
  })

  test.each([
    ['8.0.11-TiDB-v7.5.0', 'accepted'],
    ['8.0.11-TiDB-v7.5.9', 'accepted'],
    ['8.0.11-TiDB-v7.6.0', 'PASS_OF_ANOTHER_RELEASE'],
    ['8.0.11-TiDB-v8.5.1', 'PASS_OF_ANOTHER_RELEASE'],
    ['8.0.36', 'PASS_OF_ANOTHER_RELEASE'],
  ])('of the line 7.5, on %s: %s', (version, wanted) => {
    expect(codeOf(fresh, {}, version)).toBe(wanted)
  })

  test('that is not there: how to get one, on the release of the target', () => {
    const none = { ...demand, file: join(folder, 'none.json') }
    expect(readPass(none, server)).toEqual({
      refusal: {
        code: 'NO_REHEARSAL_PASS',
        what: expect.stringContaining('none.json does not exist'),
        next: expect.stringMatching(/^MIGRATION=v3 npx vitest run .*TIDB_IMAGE=pingcap\/tidb:v7\.5\.2$/),
      },
    })
  })
})

test('the release line is empty for what is no TiDB, and no pass is of it', () => {
  expect([releaseLine(server), releaseLine('8.0.36')]).toEqual(['7.5', ''])
})

test('rates come from an unedited pass only', () => {
  const rated = passOf({ rates: defaultRates })
  writeFileSync(file, JSON.stringify(rated))
  expect(findRehearsedRates(file)).toMatchObject({ rates: defaultRates, engine: '8.0.11-TiDB-v7.5.0' })
  writeFileSync(file, JSON.stringify({ ...rated, rates: { ...defaultRates, readRowMs: 1 } }))
  expect(findRehearsedRates(file)).toBeUndefined()
  writeFileSync(file, JSON.stringify(passOf()))
  expect(findRehearsedRates(file)).toBeUndefined()
  expect(findRehearsedRates(join(folder, 'none.json'))).toBeUndefined()
})
