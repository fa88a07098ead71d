import { describe, expect, test } from 'vitest'
import { isAtLeast, parseRelease } from './version.ts'

describe('the release in VERSION()', () => {
  test.each([
    ['8.0.11-TiDB-v7.5.0', [7, 5, 0]],
    ['5.7.25-TiDB-v7.5.2-serverless', [7, 5, 2]],
    ['8.0.11-TiDB-v7.5.2-serverless', [7, 5, 2]],
    ['8.0.11-TiDB-v8.5.0-alpha-317-gb8e1a2c', [8, 5, 0]],
    ['8.0.11-TiDB-v7.10.12', [7, 10, 12]],
    ['8.0.11-tidb-V7.5.1', [7, 5, 1]],
  ])('%s', (version, [major, minor, patch]) => {
    expect(parseRelease(version)).toEqual({ major, minor, patch })
  })

  test.each([
    '8.0.36',
    '8.0.36-0ubuntu0.22.04.1',
    '10.11.6-MariaDB',
    '11.4.2-MariaDB-log',
    '8.0.11-TiDB-None',
    '8.0.11-TiDB-v7.5',
    'v7.5.0',
    '',
  ])('%s is of no TiDB', (version) => {
    expect(parseRelease(version)).toBeUndefined()
  })
})

describe('a release is at least', () => {
  test.each([
    ['7.5.0', '7.5.0', true],
    ['7.5.1', '7.5.0', true],
    ['7.5.0', '7.5.1', false],
    ['7.5.10', '7.5.9', true],
    ['7.5.9', '7.5.10', false],
    ['7.10.0', '7.5.9', true],
    ['7.4.9', '7.5.0', false],
    ['8.0.0', '7.5.9', true],
    ['6.9.9', '7.0.0', false],
    ['10.0.0', '9.9.9', true],
    ['8.5.0-alpha', '8.5.0', true],
  ])('%s: %s is %s', (release, wanted, is) => {
    const parsed = parseRelease(`8.0.11-TiDB-v${release}`)
    if (parsed === undefined) throw new Error(`${release} is no release`)
    expect(isAtLeast(parsed, wanted)).toBe(is)
  })
})
