import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestSchema } from '../../../drills/support/test-shapes.ts'
import { quoteName, quoteText } from '../text/quote.ts'
import { columnsIn, parseDefinition, withoutOuterParentheses } from './definition.ts'

describe('parseDefinition', () => {
  test.each([
    ['keeps commas and parentheses inside types', ['`a` decimal(3,1) DEFAULT NULL']],
    ['keeps quotes, commas and parentheses inside a default', ["`a` varchar(9) DEFAULT 'it''s, (ok) \"'"]],
    ['keeps newlines inside a comment', ["`a` int(11) COMMENT 'x,\n  `b` int(11)'", '`c` int(11)']],
    ['keeps backticks inside names', ['`a``,(b` int(11)', 'KEY `k``)` (`a``,(b`)']],
    [
      'takes a backslash at the end of an enum value for what it is',
      ["`e` enum('a\\','b,(')", '`c` int(11)'],
    ],
    ['takes doubled backslashes for what they are', ["`a` varchar(9) DEFAULT 'x\\\\'", '`c` int(11)']],
    ['keeps nested parentheses', ["KEY `k` ((cast(json_extract(`j`, _utf8mb4'$.x)') as signed array)))"]],
  ])('%s', (_, entries) => {
    const text = `CREATE TABLE \`t(\` (\n  ${entries.join(',\n  ')}\n) ENGINE=InnoDB`
    expect(parseDefinition(text)).toEqual({ entries, options: 'ENGINE=InnoDB' })
  })

  test.each([
    ['AUTO_INCREMENT', ') ENGINE=InnoDB AUTO_INCREMENT=30001 COLLATE=x', 'ENGINE=InnoDB COLLATE=x'],
    [
      'AUTO_RANDOM_BASE',
      ") ENGINE=InnoDB /*T![auto_rand_base] AUTO_RANDOM_BASE=30001 */ COMMENT='c'",
      "ENGINE=InnoDB COMMENT='c'",
    ],
  ])('leaves out %s, which moves with the data', (_, end, options) => {
    expect(parseDefinition(`CREATE TABLE \`t\` (\n  \`a\` int(11)\n${end}`).options).toBe(options)
  })

  test('leaves a comment alone that speaks of AUTO_INCREMENT', () => {
    const options = "ENGINE=InnoDB COMMENT='see AUTO_INCREMENT=5 /*T![auto_rand_base] AUTO_RANDOM_BASE=3 */'"
    expect(parseDefinition(`CREATE TABLE \`t\` (\n  \`a\` int(11)\n) ${options}`).options).toBe(options)
  })

  test('keeps partitions, which follow the table', () => {
    const partitions = "ENGINE=InnoDB\nPARTITION BY LIST COLUMNS(`a`)\n(PARTITION `p0` VALUES IN ('x)','y'))"
    expect(parseDefinition(`CREATE TABLE \`t\` (\n  \`a\` int(11)\n) ${partitions}`)).toEqual({
      entries: ['`a` int(11)'],
      options: partitions,
    })
  })
})

test.each([
  ['(a)', 'a'],
  ['((a or b))', 'a or b'],
  ['(a) or (b)', '(a) or (b)'],
  ['((a) or (b))', '(a) or (b)'],
  [' ( a ) ', 'a'],
  ["(`x` = ')')", "`x` = ')'"],
  ["(`x` = '(') or (`y` = ')')", "(`x` = '(') or (`y` = ')')"],
  ["(`x` = 'it''s )\\\\')", "`x` = 'it''s )\\\\'"],
  ['(`a``)` > 0)', '`a``)` > 0'],
  ['a', 'a'],
])('withoutOuterParentheses(%s) is %s', (clause, bare) => {
  expect(withoutOuterParentheses(clause)).toBe(bare)
})

test.each([
  ['`a` < `b` and `a` > 0', ['a', 'b']],
  ["`a` <> _utf8mb4'`no`'", ['a']],
  ["`a` <> 'it''s `no` \\\\' and `b` = '`'", ['a', 'b']],
  ["`a` = '\\\\\n`no`' and `b` = 1", ['a', 'b']],
  ['`b``t` > 0', ['b`t']],
  ["`it's` > 0 and `b` <> 'x'", ["it's", 'b']],
  ['1 > 0', []],
])('columnsIn(%s) are %j', (expression, columns) => {
  expect(columnsIn(expression)).toEqual(columns)
})

test('what quoteText and quoteName write is what the server reads', async () => {
  await using schema = await openTestSchema('quote', '')
  const texts = [
    "it's",
    '\\',
    "\\'",
    "'; DROP TABLE x; -- ",
    '%\\_',
    'two\nlines',
    'ủ 名 😀',
    '?',
    ':a',
    '"',
    '`',
  ]
  for (const text of texts) {
    const row = await schema.read.row(
      z.record(z.string(), z.string()),
      `SELECT ${quoteText(text)} AS ${quoteName(text)}`,
    )
    expect(row).toEqual({ [text]: text })
  }
})
