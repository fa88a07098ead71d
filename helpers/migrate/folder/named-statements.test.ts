import { describe, expect, test } from 'vitest'
import { parseNamedStatements } from './named-statements.ts'

const parse = (text: string) => parseNamedStatements(text, 'queries.sql')

describe('parseNamedStatements', () => {
  test('reads names, keys over several lines, and statements', () => {
    const text = `-- About this file: this line is read by people.

-- name: first
-- title: one
-- claim: two lines
-- claim: of a claim: with a colon
SELECT 1,
  2;

-- name: second
SELECT 3
`
    expect(parse(text)).toEqual([
      {
        name: 'first',
        about: { title: 'one', claim: 'two lines of a claim: with a colon' },
        sql: 'SELECT 1,\n  2',
      },
      { name: 'second', about: {}, sql: 'SELECT 3' },
    ])
  })

  test.each([
    ['Windows line ends', '-- name: a\r\n-- title: t\r\nSELECT 1\r\n  + 2;\r\n', 'SELECT 1\n  + 2'],
    ['a comment among the keys', '-- name: a\n-- Read this.\n--\n-- title: t\nSELECT 1;', 'SELECT 1'],
    ['an empty line among the keys', '-- name: a\n\n-- title: t\n\nSELECT 1;', 'SELECT 1'],
    [
      'a comment in the statement',
      '-- name: a\n-- title: t\nSELECT 1\n-- why: so\n+ 2;',
      'SELECT 1\n-- why: so\n+ 2',
    ],
    [
      'a comment after it',
      '-- name: a\n-- title: t\nSELECT 1;\n\n-- The next ones\n-- note: more',
      'SELECT 1',
    ],
    ['a semicolon in a string', "-- name: a\n-- title: t\nSELECT ';\n-- x\n';", "SELECT ';\n-- x\n'"],
    ['no space before the key', '--name: a\n--title:t\nSELECT 1;', 'SELECT 1'],
  ])('takes %s', (_, text, sql) => {
    expect(parse(text)).toEqual([{ name: 'a', about: { title: 't' }, sql }])
  })

  test.each(['', '\n\n', '-- nothing but a comment\n'])('reads no statement from %j', (text) => {
    expect(parse(text)).toEqual([])
  })

  test.each([
    ['-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;', /queries\.sql: "a" stands twice/],
    ['-- name: a\n-- name: b\nSELECT 1;', /"a" has no name or no statement/],
    ['-- name: a\n-- title: t\n-- Nothing more.', /"a" has no name or no statement/],
    ['-- name: a\n;', /"a" has no name or no statement/],
    ['-- name:\nSELECT 1;', /"" has no name or no statement/],
    ['SELECT 1;\n-- name: a\nSELECT 2;', /"SELECT 1;" stands before the first name/],
    ['-- title: t\nSELECT 1;', /"SELECT 1;" stands before the first name/],
    ['-- Name: a\nSELECT 1;', /"SELECT 1;" stands before the first name/],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(/STATEMENTS_INVALID[\s\S]*next: .*"-- name: …"/)
    expect(() => parse(text)).toThrow(message)
  })
})
