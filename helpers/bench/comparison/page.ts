import { describeMachine } from '../../report/machine.ts'
import {
  barOf,
  isBarMet,
  ownShareBar,
  ownShareOf,
  percentOf,
  ratioOf,
  type Spread,
  spreadOf,
  type WayComparison,
  type WayId,
  wayIds,
  wayTimesOf,
} from './figures.ts'

const titles: Readonly<Record<WayId, string>> = {
  mysql: 'the guide: `mysql < script`, one statement after the other',
  dbmate: 'dbmate, the same scripts',
  harness: 'this harness: Part A and Part B',
}

const preciseSeconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
const timesCell = (spread: Spread | undefined, skipped: string | undefined) =>
  spread === undefined
    ? `skipped: ${skipped ?? 'no round finished'} | `
    : `${preciseSeconds(spread.median)} | ${preciseSeconds(spread.min)} to ${preciseSeconds(spread.max)}`
const ratio = (spread: Spread | undefined) =>
  spread === undefined
    ? ''
    : `${spread.median.toFixed(2)} (${spread.min.toFixed(2)} to ${spread.max.toFixed(2)})`

const verdictOf = (comparison: WayComparison): string => {
  const [bar, isMet] = [barOf(comparison.scale), isBarMet(comparison)]
  if (bar === undefined) return ''
  if (isMet === undefined)
    return `The bar, ${bar} of the guide's time at most, cannot be judged without the guide's way.`
  return `The bar, ${bar} of the guide's time at most, is ${isMet ? 'met' : 'NOT met'}.`
}

const ownShare = (comparison: WayComparison): string[] => {
  const own = ownShareOf(comparison, 'harness')
  if (own === undefined) return []
  const isMet = own.median <= ownShareBar
  return [
    `Of the harness's time ${percentOf(own.median)} (${percentOf(own.min)} to ${percentOf(own.max)}) is its own; the rest is the critical path of the server's DDL jobs and ANALYZE. The bar, ${percentOf(ownShareBar)} at most, is ${isMet ? 'met' : 'NOT met'}.`,
    '',
  ]
}

const sectionOf = (comparison: WayComparison): string => {
  const reasonOf = (way: WayId) => comparison.skipped.find((item) => item.way === way)?.reason
  const rows = wayIds.map((way) => {
    const against = way === 'mysql' ? '1' : ratio(ratioOf(comparison, way, 'mysql'))
    return `| ${titles[way]} | ${timesCell(spreadOf(wayTimesOf(comparison, way)), reasonOf(way))} | ${against} |`
  })
  const { scale, rounds, machine, server, connections, startedAt, durationMs, lock } = comparison
  return [
    `### Scale ${scale}`,
    '',
    "| way | median | least to most | part of the guide's time |",
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    verdictOf(comparison),
    '',
    ...ownShare(comparison),
    `${rounds} rounds on ${startedAt.slice(0, 10)}, ${Math.round(durationMs / 1000)} s in all; ${describeMachine(machine)}; ${server}, embedded; CONNECTIONS=${connections}; lock ${lock.slice(0, 12)}.`,
  ].join('\n')
}

/** The part of docs/benchmarks.md on the comparison. */
export const comparisonText = (comparisons: readonly WayComparison[]): string =>
  comparisons.map(sectionOf).join('\n\n')
