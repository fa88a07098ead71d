import { describe, expect, test } from 'vitest'
import { cut, fenced, html, text } from './escape.ts'

describe('text', () => {
  test.each([
    [
      'a name stays as it is',
      'Event.idx_event_name, integrity.rows[Event]',
      'Event.idx_event_name, integrity.rows[Event]',
    ],
    ['a pipe ends no cell', 'a | b || c', 'a &vert; b &vert;&vert; c'],
    ['nor one behind a backslash', 'a \\| b', 'a \\\\&vert; b'],
    ['backticks', 'ALTER TABLE `a` ``', 'ALTER TABLE \\`a\\` \\`\\`'],
    ['HTML', '</details><script>x&y', '&lt;/details&gt;&lt;script&gt;x&amp;y'],
    ['an entity', '&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['a comment', '<!-- -->', '&lt;!-- --&gt;'],
    ['stars and tildes', '**a** ~~b~~', '\\*\\*a\\*\\* \\~\\~b\\~\\~'],
    ['underscores that would be stress', '_a_ __b__', '\\_a\\_ \\_\\_b\\_\\_'],
    ['a link', '[a](javascript:x) ![b](c)', '\\[a\\](javascript:x) ![b\\](c)'],
    ['a definition of a link', '[a]: http://x', '\\[a\\]: http://x'],
    ['a task', '[x] done', '\\[x] done'],
    ['a sum', '$a$', '&dollar;a&dollar;'],
    ['a heading', '# a', '\\# a'],
    ['an item', '- a', '\\- a'],
    ['a numbered item', '1. a', '1\\. a'],
    ['a rule', '---', '\\---'],
    ['figures', '-1 % of 3.9 ms', '-1 % of 3.9 ms'],
    ['a person, and an issue', '@team fixed #12', '@&#8203;team fixed #&#8203;12'],
    ['an account', 'root@% has', 'root@% has'],
    ['lines', ' a\r\n\r\n  # b\nc ', 'a<br>\\# b<br>c'],
    ['other ends of a line', 'a\u2028b\rc', 'a<br>b<br>c'],
    ['colours', '\u001b[31mred\u001b[39m', 'red'],
    ['control characters, and those that turn the direction round', 'a\u0000b\u202ec', 'a\ufffdb\ufffdc'],
    ['nothing', '', ''],
  ])('%s', (_, value, shown) => {
    expect(text(value)).toBe(shown)
  })

  test('long text is cut before it is escaped, and says by how much', () => {
    expect(text('|'.repeat(1_500), 3)).toBe('&vert;&vert;&vert; … (1,497 more characters)')
  })
})

test('no character is cut in half', () => {
  expect(cut('a😀😀', 2)).toBe('a😀 … (1 more characters)')
  expect(cut('a😀', 2)).toBe('a😀')
})

test('HTML is no HTML where Markdown does not reach', () => {
  expect(html('</summary>\n<b>&')).toBe('&lt;/summary&gt; &lt;b&gt;&amp;')
})

describe('a block of code', () => {
  test('shows what it is given, indented as asked', () => {
    expect(fenced('a\n\n  b', 2)).toEqual(['  ```text', '  a', '', '    b', '  ```'])
  })

  test.each(['```', '  ````', 'a `````` b'])('cannot be ended from within: %s', (line) => {
    const [fence = '', inner = '', end = ''] = fenced(line)
    expect(inner).toBe(line)
    expect(end).toMatch(/^`+$/)
    expect(fence).toBe(`${end}text`)
    expect(line).not.toContain(end)
  })

  test('is cut by lines and by characters, and says by how much', () => {
    expect(fenced('x\n'.repeat(60)).slice(-2)).toEqual(['… (20 more lines)', '```'])
    expect(fenced('x'.repeat(2_000))[1]).toMatch(/^x+ … \(500 more characters\)$/)
  })
})
