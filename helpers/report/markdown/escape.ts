import { stripVTControlCharacters } from 'node:util'

const newLines = /\r\n|[\r\u2028\u2029]/g
// Control characters, and those that turn the reading direction round: what is read must be what is written.
const unreadable = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

const readable = (value: string): string =>
  stripVTControlCharacters(value)
    .replaceAll(newLines, '\n')
    .replaceAll(unreadable, (character) => (character === '\n' || character === '\t' ? character : '\ufffd'))

/** At most so many characters (never half of one); what is left out is counted. */
export const cut = (value: string, atMost: number): string => {
  const characters = [...value]
  return characters.length <= atMost
    ? value
    : `${characters.slice(0, atMost).join('')} … (${(characters.length - atMost).toLocaleString('en')} more characters)`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&vert;',
  $: '&dollar;',
}

const escaped = (line: string): string =>
  line
    .replaceAll(/[\\`*~]/g, '\\$&')
    // No link without these, and names such as integrity.rows[Event] stay readable in the source.
    .replaceAll(/\](?=[([:])/g, '\\]')
    .replaceAll(/[&<>|$]/g, (character) => entities[character] ?? character)
    // Between two letters GFM takes an underscore as it is, and names stay readable in the source.
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    // At its begin these would make a list, a heading or a rule of it.
    .replace(/^(?=(?:#{1,6}|[+-])(?:\s|$)|\[|[-=]+\s*$)/, '\\')
    .replace(/^(\d+)(?=[.)](?:\s|$))/, '$1\\')
    // GitHub would call a person, or link an issue of the repository that the report is pasted into.
    .replaceAll(/@(?=[\p{L}\p{N}])|#(?=\d)/gu, '$&&#8203;')

/** Any text as one line of Markdown that shows it as it is, in a paragraph, an item or a cell. Long text is cut. */
export const text = (value: string, atMost = 300): string =>
  cut(
    readable(value)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join('\n'),
    atMost,
  )
    .split('\n')
    .map(escaped)
    .join('<br>')

/** Any text as HTML, for the places that Markdown does not reach. */
export const html = (value: string): string =>
  readable(value)
    .replaceAll('\n', ' ')
    .replaceAll(/[&<>]/g, (character) => entities[character] ?? character)

const linesAtMost = 40

/** Any text as a block of code, `indent` spaces in. No line of it can end the block. Long text is cut. */
export const fenced = (value: string, indent = 0, atMost = 1_500): string[] => {
  const lines = cut(readable(value).trimEnd(), atMost).split('\n')
  const more = lines.length - linesAtMost
  const shown = more > 0 ? [...lines.slice(0, linesAtMost), `… (${more} more lines)`] : lines
  const ticks = Math.max(2, ...shown.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)))
  const fence = '`'.repeat(ticks + 1)
  const pad = ' '.repeat(indent)
  return [`${fence}text`, ...shown, fence].map((line) => (line === '' ? '' : pad + line))
}
