import { summaryRecord } from '../summary.ts'
import { html } from './escape.ts'

/** One part of the report: its line in the table at the top, and what is folded below. All of it is Markdown. */
export interface PagePart {
  readonly title: string
  readonly glance: string
  /** Nothing when the line at the top says all there is. */
  readonly details: readonly string[]
}

/** A heading of a table; figures stand on the right. */
type Heading = string | { readonly right: string }

const nameOf = (heading: Heading) => (typeof heading === 'string' ? heading : heading.right)
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** A table with an empty line on either side. The cells must be Markdown of one line. */
export const table = (headings: readonly Heading[], rows: readonly (readonly string[])[]): string[] => [
  '',
  row(headings.map(nameOf)),
  row(headings.map((heading) => (typeof heading === 'string' ? '---' : '---:'))),
  ...rows.map(row),
  '',
]

/** The first `atMost` items, and a line that says how many are left out and where they are. */
export const listed = <T>(
  items: readonly T[],
  atMost: number,
  render: (items: readonly T[]) => readonly string[],
  rest = `${summaryRecord.name} has them all`,
): string[] => {
  if (items.length === 0) return []
  const more = items.length - atMost
  return [...render(items.slice(0, atMost)), ...(more > 0 ? ['', `… and ${more} more; ${rest}.`] : [])]
}

/** Lines that are hidden until they are asked for; nothing for none. */
export const folded = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0
    ? []
    : ['', '<details>', `<summary>${html(title)}</summary>`, '', ...lines, '', '</details>']

/** All lines as one text, with one empty line between two blocks at the most. */
export const joined = (lines: readonly string[]): string => {
  let fence: string | undefined
  const kept: string[] = []
  for (const line of lines) {
    const ticks = /^ *(`{3,})/.exec(line)?.[1]
    if (fence === undefined) fence = ticks
    else if (line.trim() === fence) fence = undefined
    if (fence === undefined && line === '' && (kept.at(-1) ?? '') === '') continue
    kept.push(line)
  }
  return `${kept.join('\n').trim()}\n`
}

/** ms for people: 41 ms, 0.9 s, 99.5 s. */
export const time = (ms: number): string =>
  ms < 100 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`

export const counted = (value: number): string => value.toLocaleString('en')

/** `1 step`, `2 steps`. */
export const several = (count: number, noun: string): string =>
  `${counted(count)} ${noun}${count === 1 ? '' : 's'}`
