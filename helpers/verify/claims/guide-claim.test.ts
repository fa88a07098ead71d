import { describe, expect, test } from 'vitest'
import { listMigrations, readMigration } from '../../migrate/folder/migration.ts'
import { guideClaims, toGuideClaim } from './guide-claim.ts'

const said = { claim: 'The guide says so' }
const asked = { ...said, section: 'preflight' }
const read = (about: Readonly<Record<string, string>>, sql: string) =>
  toGuideClaim({ name: 'it', about, sql })

test('each claim in the repository can be judged', () => {
  const kinds = ['count', 'answers', 'parses', 'refused', 'sets', 'plan', 'time', 'metric', 'backup'] as const
  const all = listMigrations().flatMap((name) => guideClaims(readMigration(name), ...kinds))
  expect([...Map.groupBy(all, ({ kind }) => kind)].map(([kind, found]) => [kind, found.length])).toEqual([
    ['count', 5],
    ['answers', 3],
    ['refused', 1],
    ['parses', 1],
    ['sets', 1],
    ['plan', 7],
    ['backup', 1],
    ['time', 3],
    ['metric', 7],
  ])
})

describe('a claim is read', () => {
  test.each<[Record<string, string>, string, object]>([
    [{ ...asked, kind: 'count', min: '-1', max: '20', truth: 'views' }, 'SELECT 1', { min: -1, max: 20 }],
    [{ ...asked, kind: 'parses' }, 'SELECT 1', { sql: 'SELECT 1' }],
    [{ ...said, kind: 'plan', index: 'T.i' }, '', { index: { table: 'T', name: 'i' } }],
    [
      { ...said, kind: 'time', of: 'all', takes: '300 to 600 seconds in all' },
      '',
      { takes: { fromSeconds: 300, toSeconds: 600, per: 'run' } },
    ],
    [
      { ...said, kind: 'time', of: 'indexes', takes: '30 seconds a table' },
      '',
      { takes: { fromSeconds: 30, toSeconds: 30, per: 'table' } },
    ],
    [
      { ...said, kind: 'metric', count: 'views', before: '18 to 22', after: '45 or more' },
      '',
      { before: { min: 18, max: 22 }, after: { min: 45 } },
    ],
    [
      { ...said, kind: 'metric', benchmark: 'b', before: '0', after: 'below 0.5' },
      '',
      { before: { min: 0, max: 0 }, after: { below: 0.5 } },
    ],
    [{ ...said, kind: 'backup', options: '--a  --b=1' }, '', { options: ['--a', '--b=1'] }],
  ])('%o', (about, sql, wanted) => {
    expect(read(about, sql)).toMatchObject({ name: 'it', ...said, ...wanted })
  })
})

describe('a claim is refused', () => {
  const metric = { ...said, kind: 'metric', after: '0' }
  test.each<[string, Record<string, string>, RegExp]>([
    ['no kind', asked, /kind/],
    ['an unknown kind', { ...asked, kind: 'counts' }, /kind/],
    ['an unknown section', { ...asked, kind: 'answers', section: 'backup' }, /section/],
    ['an empty claim', { ...asked, kind: 'answers', claim: '' }, /claim/],
    ['a limit that is no number', { ...asked, kind: 'count', min: 'many' }, /a whole number[\s\S]*min/],
    ['an empty limit', { ...asked, kind: 'count', max: '' }, /a whole number[\s\S]*max/],
    ['an unknown truth', { ...asked, kind: 'count', truth: 'tables' }, /truth/],
    ['a count that nothing could refute', { ...asked, kind: 'count' }, /needs one of min, max and truth/],
    ['a limit on what is no count', { ...asked, kind: 'parses', min: '1' }, /"min"/],
    ['a line that is misspelt', { ...asked, kind: 'count', min: '1', maximum: '2' }, /maximum/],
    ['a setting that nothing follows', { ...asked, kind: 'sets' }, /watch/],
    ['something to watch on what sets nothing', { ...asked, kind: 'answers', watch: 'a' }, /"watch"/],
    ['something to watch that is no variable', { ...asked, kind: 'sets', watch: 'a; b' }, /a variable/],
  ])('with %s', (_, about, says) => {
    expect(() => read(about, 'SELECT 1')).toThrow(/CLAIM_INVALID: claims\.sql, "it": /)
    expect(() => read(about, 'SELECT 1')).toThrow(says)
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['no statement to ask', { ...asked, kind: 'answers' }, /it needs a statement/],
    ['a plan of no index', { ...said, kind: 'plan' }, /index/],
    ['an index without its table', { ...said, kind: 'plan', index: 'i' }, /table\.index/],
    ['a section of what the run measures', { ...asked, kind: 'plan', index: 'T.i' }, /"section"/],
    ['a time without a unit', { ...said, kind: 'time', of: 'all', takes: '30' }, /30 seconds a table, or/],
    ['a metric with no source', metric, /exactly one of benchmark, count and traffic/],
    ['a metric with two', { ...metric, count: 'views', benchmark: 'b' }, /exactly one of/],
    ['a bound in words', { ...metric, count: 'views', after: 'many' }, /below 50, 45 or more, 18 to 22/],
    ['a bound that is torn', { ...metric, count: 'views', after: '5 to' }, /below 50/],
  ])('with %s', (_, about, says) => {
    expect(() => read(about, '')).toThrow(/CLAIM_INVALID: claims\.sql, "it": /)
    expect(() => read(about, '')).toThrow(says)
  })

  test('with a statement that nothing would run', () => {
    expect(() => read({ ...said, kind: 'plan', index: 'T.i' }, 'SELECT 1')).toThrow(
      /CLAIM_INVALID[\s\S]*"sql"/,
    )
  })
})
