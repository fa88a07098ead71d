import type { Summary } from '../summary.ts'
import { counted, type PagePart, table, time } from './blocks.ts'
import { text } from './escape.ts'

/** Where the time went, part by part. */
export const timings = ({ timings: parts, durationMs, data }: Summary): PagePart => {
  const longest = parts.toSorted((a, b) => b.durationMs - a.durationMs)[0]
  const load =
    data === undefined
      ? []
      : [
          `Data: ${counted(data.rows)} rows at ${counted(Math.round(data.rowsPerSecond))} rows/s${data.preparedAt === undefined ? '' : `, when it was prepared at ${text(data.preparedAt)}; this run copied it`}.`,
        ]
  return {
    title: 'Time',
    glance: `${time(durationMs)} in all${longest === undefined ? '' : `; longest: ${text(longest.part)}, ${time(longest.durationMs)}`}`,
    details: [
      ...table(
        ['part', { right: 'took' }],
        parts.map(({ part, durationMs: ms }) => [text(part), time(ms)]),
      ),
      ...load,
    ],
  }
}
