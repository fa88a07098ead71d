import { seconds } from '../../core/text/duration.ts'
import { describeMachine } from '../../report/machine.ts'
import { type Growth, timeNames } from './figures.ts'
import { logPlot, type PlotLine } from './plot.ts'

const whole = (value: number) => value.toLocaleString('en')
const milliseconds = (ms: number) => (ms < 10 ? ms.toFixed(1) : whole(Math.round(ms)))

/** The plot of how long load, check, apply and rollback take. */
export const timesPlot = (growths: readonly Growth[]): string =>
  logPlot(
    'Time by the number of orders',
    'orders',
    'seconds',
    timeNames.map(
      (name): PlotLine => ({
        name,
        points: growths.map(({ orders, times }) => [orders, times[name] / 1000]),
      }),
    ),
  )

/** The plot of the guide's queries at p95: the slowest and the fastest, before and after. */
export const queriesPlot = (growths: readonly Growth[]): string => {
  const names = growths[0]?.queries.map(({ name }) => name) ?? []
  const side = (at: 'before' | 'after') =>
    names.map(
      (name): PlotLine => ({
        name: `${name}`,
        isDashed: at === 'before',
        points: growths.flatMap(({ orders, queries }) => {
          const found = queries.find((query) => query.name === name)
          return found === undefined ? [] : [[orders, found.p95[at]] as const]
        }),
      }),
    )
  return logPlot("The guide's queries: p95 before (dashed) and after", 'orders', 'milliseconds', [
    ...side('after'),
    ...side('before').map((line) => ({ ...line, name: '' })),
  ])
}

const timesTable = (growths: readonly Growth[]): string[] => [
  '| orders | rows in all | load | check | apply | rollback | steps of apply: estimated, took |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...growths.map(
    ({ orders, rows, times, estimate: { estimatedMs, tookMs } }) =>
      `| ${whole(orders)} | ${whole(rows)} | ${timeNames.map((name) => seconds(times[name])).join(' | ')} | ${seconds(estimatedMs)}, ${seconds(tookMs)}: ${(tookMs / estimatedMs).toFixed(2)} of it |`,
  ),
]

const queriesTable = (growths: readonly Growth[]): string[] => [
  `| p95, ms: before → after | ${growths.map(({ orders }) => `${whole(orders)} orders`).join(' | ')} |`,
  `| --- |${growths.map(() => ' --- |').join('')}`,
  ...(growths[0]?.queries ?? []).map(({ name }) => {
    const cells = growths.map(({ queries }) => {
      const found = queries.find((query) => query.name === name)
      return found === undefined ? '' : `${milliseconds(found.p95.before)} → ${milliseconds(found.p95.after)}`
    })
    return `| ${name} | ${cells.join(' | ')} |`
  }),
]

/** The part of docs/benchmarks.md on growth; the plots lie beside it. */
export const growthText = (growths: readonly Growth[]): string => {
  const last = growths.at(-1)
  if (last === undefined) return ''
  const total = growths.reduce((sum, { durationMs }) => sum + durationMs, 0)
  return [
    ...timesTable(growths),
    '',
    '![time by the number of orders](growth-times.svg)',
    '',
    ...queriesTable(growths),
    '',
    '![p95 by the number of orders](growth-queries.svg)',
    '',
    `Last measured on ${last.startedAt.slice(0, 10)}, ${Math.round(total / 1000)} s in all; ${describeMachine(last.machine)}; ${[...new Set(growths.map(({ server }) => server))].join(', ')}, embedded; lock ${last.lock.slice(0, 12)}.`,
  ].join('\n')
}
