import type { WriteRecord, WritesRecord } from '../../verify/benchmark/record.ts'
import { notMeasured } from '../not-measured.ts'
import type { Summary } from '../summary.ts'
import { counted, listed, type PagePart, several, table } from './blocks.ts'
import { text } from './escape.ts'

const title = 'Cost of a write'
const shownAtMost = 40

const times = (ratio: number) => `${ratio.toFixed(2)} x`

const cells = (record: WriteRecord | undefined): string[] =>
  record === undefined
    ? ['-', '-']
    : [
        `${counted(record.beforePerSecond)} → ${counted(record.afterPerSecond)}`,
        `${times(record.ratio.estimate)} (${times(record.ratio.low)} to ${times(record.ratio.high)})`,
      ]

const rowOf = ({ table: name, insert, update }: WritesRecord): string[] => [
  text(name),
  ...cells(insert),
  ...cells(update),
]

/** What the new indexes and constraints cost who writes: rows a second, and how many times as long a write takes. */
export const writes = (summary: Summary): PagePart => {
  const records = summary.writes ?? []
  if (records.length === 0)
    return {
      title,
      glance: text(notMeasured(summary, ['benchmark.writes'], 'no table was written to')),
      details: [],
    }
  const all = records.flatMap(({ table: name, insert, update }) => [
    { what: `insert into ${name}`, ratio: insert.ratio.estimate },
    ...(update === undefined ? [] : [{ what: `update of ${name}`, ratio: update.ratio.estimate }]),
  ])
  const dearest = all.toSorted((a, b) => b.ratio - a.ratio)[0]
  return {
    title,
    glance: `${several(records.length, 'table')}; dearest: ${text(dearest?.what ?? '-')}, ${times(dearest?.ratio ?? 1)} the time of before`,
    details: [
      ...listed(records, shownAtMost, (shown) =>
        table(
          [
            'table',
            ...['insert, rows/s', 'time (95 % interval)', 'update, rows/s', 'time (95 % interval)'].map(
              (right) => ({ right }),
            ),
          ],
          shown.map(rowOf),
        ),
      ),
      ...(records.some(({ update }) => update === undefined)
        ? ['', '- means not measured: no column could be changed without breaking a constraint.']
        : []),
    ],
  }
}
