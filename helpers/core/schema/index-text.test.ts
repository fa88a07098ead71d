import { expect, test } from 'vitest'
import { furtherTextOf } from './index-text.ts'

test.each([
  ['KEY `k` (`a`)', ''],
  ["KEY `k)` (`a`,`b)`(3)) COMMENT 'x'' WHERE (1) \\' /*!80000 INVISIBLE */", ''],
  ["UNIQUE KEY `k` ((lower(`a`)),(`b` + 1)) /*!80000 INVISIBLE */ COMMENT 'GLOBAL'", ''],
  ['KEY `k` (`a`) WHERE `b` is null', 'WHERE `b` is null'],
  ["KEY `k` (`a`) COMMENT 'why' WHERE `b` = 1", 'WHERE `b` = 1'],
  ['UNIQUE KEY `k` (`a`) /*T![global_index] GLOBAL */', '/*T![global_index] GLOBAL */'],
])('%s', (definition, text) => {
  expect(furtherTextOf(definition)).toBe(text)
})
