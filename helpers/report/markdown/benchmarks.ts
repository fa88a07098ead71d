import type { BenchmarkRecord } from '../../verify/benchmark/record.ts'
import { notMeasured } from '../not-measured.ts'
import type { Summary } from '../summary.ts'
import { listed, type PagePart, several, table } from './blocks.ts'
import { text } from './escape.ts'

const title = 'Benchmarks'
const shownAtMost = 40
const changes = ['faster', 'slower', 'as before', 'no new index', 'not compared'] as const

const ms = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(2))
const percent = (value: number) => `${value.toFixed(0)} %`

const savedOf = ({ reduction }: BenchmarkRecord): string =>
  reduction === undefined
    ? '-'
    : `${percent(reduction.percent)} (${percent(reduction.low)} to ${percent(reduction.high)})`

const bold = (value: string, isBold: boolean) => (isBold ? `**${value}**` : value)

const rowOf = (record: BenchmarkRecord): string[] => {
  const { id, before, after, change, pairs, threshold, status } = record
  return [
    text(id),
    ...[ms(before?.p50), ms(after?.p50), ms(before?.p95), ms(after?.p95)],
    threshold === undefined ? '-' : `${threshold}`,
    ...[bold(change, change === 'slower'), savedOf(record), pairs === undefined ? '-' : `${pairs}`],
    bold(status, status === 'failed'),
  ]
}

const headings = [
  'statement',
  ...['p50 before, ms', 'p50 after', 'p95 before', 'p95 after', 'limit'].map((right) => ({ right })),
  'change',
  ...['time saved (95 % interval)', 'pairs'].map((right) => ({ right })),
  'status',
]

type BeforeOrAfter = 'before' | 'after'
const sections: Readonly<Record<BeforeOrAfter, string>> = { before: 'benchmark-before', after: 'benchmark' }
const noPairs = 'no pairs: they run the slow side too, so they are for a throw-away server'

/** Why a side has gaps; undefined when it has none. */
const gapOf = (summary: Summary, side: BeforeOrAfter): string | undefined => {
  const open = summary.benchmarks.filter((record) => record[side] === undefined)
  if (open.length === 0) return undefined
  const prefixes = open.map(({ id }) => `${sections[side]}.${id}`)
  return `${side} ${text(notMeasured(summary, prefixes, 'the section left no figures'), 600)}`
}

const isAlone = ({ after, change, notCompared }: BenchmarkRecord) =>
  after !== undefined && change === 'not compared' && notCompared === undefined

const notComparedOf = (records: readonly BenchmarkRecord[]): string[] =>
  [...Map.groupBy(records, ({ notCompared }) => notCompared)].flatMap(([reason, own]) =>
    reason === undefined
      ? []
      : [`${own.map(({ id }) => text(id)).join(', ')} without pairs: ${text(reason)}`],
  )

const glanceOf = (summary: Summary): string => {
  const records = summary.benchmarks
  const counts = changes
    .map((change) => ({ change, count: records.filter((record) => record.change === change).length }))
    .filter(({ count, change }) => count > 0 && change !== 'not compared')
    .map(({ change, count }) => bold(`${count} ${change}`, change === 'slower'))
  const failed = records.filter(({ status }) => status === 'failed').length
  const sides = (['before', 'after'] as const).filter((side) => records.some((record) => record[side]))
  return [
    `${several(records.length, 'statement')} timed ${sides.join(' and ')}`,
    ...(counts.length === 0 ? [] : [counts.join(', ')]),
    ...(failed === 0 ? [] : [`**${failed} failed**`]),
    ...(['before', 'after'] as const).flatMap((side) => gapOf(summary, side) ?? []),
    ...(records.some(isAlone) ? [noPairs] : []),
    ...notComparedOf(records),
  ].join('; ')
}

/** Statements timed before and after, and in pairs (with the new indexes, and without) with the 95 % interval. */
export const benchmarks = (summary: Summary): PagePart => {
  const { benchmarks: records } = summary
  if (records.length === 0) {
    const why = notMeasured(summary, Object.values(sections), 'no query is marked for it')
    return { title, glance: text(why), details: [] }
  }
  return {
    title,
    glance: glanceOf(summary),
    details: listed(records, shownAtMost, (shown) => table(headings, shown.map(rowOf))),
  }
}
