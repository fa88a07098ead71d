import { type PhaseFigures, trafficLog } from '../../core/record/traffic.ts'
import { sum } from '../../core/text/numbers.ts'
import { notMeasured } from '../not-measured.ts'
import type { Summary } from '../summary.ts'
import { counted, listed, type PagePart, several, table } from './blocks.ts'
import { text } from './escape.ts'

const title = 'Buyers beside the migration'
const messagesAtMost = 10
const migrating: readonly string[] = ['indexes', 'constraints']

/** The check that says of each phase whether it went well, or why it was not driven. */
const checkOf = {
  before: 'application.traffic[before]',
  indexes: 'application.traffic[indexes]',
  constraints: 'application.traffic[constraints]',
  after: 'application.traffic[after]',
  rollback: 'rollback.traffic[rollback]',
} as const

const onTheRight = (right: string) => ({ right })
const ms = (value: number | null) => (value === null ? '-' : `${Math.round(value)} ms`)
const ratio = (p99: number | null, calm: number | null | undefined) =>
  p99 === null || !calm ? '-' : `${(p99 / calm).toFixed(1)} x`

const glanceOf = (lines: readonly PhaseFigures[], calm: number | null | undefined): string => {
  const errors = sum(lines.map((line) => line.errors))
  const requests = sum(lines.map((line) => line.requests))
  const during = lines.filter(({ phase }) => migrating.includes(phase))
  const slowest = during.toSorted((a, b) => (b.p99 ?? 0) - (a.p99 ?? 0))[0]
  const stall = Math.max(0, ...during.map(({ longestStallMs }) => longestStallMs))
  const worst =
    slowest === undefined
      ? ''
      : `; p99 while it migrated ${ms(slowest.p99)} (${ratio(slowest.p99, calm)} before), longest stall ${ms(stall)}`
  const failed = errors > 0 ? `**${several(errors, 'error')}**` : '0 errors'
  return `${several(requests, 'request')}, ${failed}${worst}`
}

const isQuietWarmUp = ({ phase, errors }: PhaseFigures) => phase === 'warm-up' && errors === 0

const warmUp = (lines: readonly PhaseFigures[]): string[] =>
  lines.length === 0
    ? []
    : [`- warm-up: ${several(sum(lines.map(({ requests }) => requests)), 'request')} more, 0 errors`]

const rowOf = (line: PhaseFigures, calm: number | null | undefined): string[] => {
  const { phase, requests, errors, p50, p95, p99, longestStallMs } = line
  const figures = [ms(p50), ms(p95), ms(p99), ratio(p99, calm), ms(longestStallMs)]
  return [phase, counted(requests), errors > 0 ? `**${counted(errors)}**` : '0', ...figures]
}

const messagesOf = (lines: readonly PhaseFigures[]): string[] => {
  const messages = lines.flatMap(({ phase, messages: own, applicationEnded }) => [
    ...own.map(({ message, count }) => `- ${phase}, ${count} times: ${text(message)}`),
    ...(applicationEnded === undefined
      ? []
      : [`- ${phase}: the application ended: ${text(applicationEnded)}`]),
  ])
  return listed(messages, messagesAtMost, (shown) => shown, `${trafficLog.name} has them all`)
}

/** What buyers saw, phase by phase. A warm-up is shown only when it went wrong. */
export const traffic = (summary: Summary): PagePart => {
  const all = summary.traffic ?? []
  const lines = all.filter((line) => !isQuietWarmUp(line))
  const why = (check: string) => text(notMeasured(summary, [check], 'the phase left no figures'))
  if (lines.length === 0) return { title, glance: why('application.traffic'), details: [] }
  const calm = lines.findLast(({ phase }) => phase === 'before')?.p99
  const gaps = Object.entries(checkOf).filter(([phase]) => lines.every((line) => line.phase !== phase))
  return {
    title,
    glance: glanceOf(all, calm),
    details: [
      ...table(
        [
          'phase',
          ...['requests', 'errors', 'p50', 'p95', 'p99', 'to before', 'longest stall'].map(onTheRight),
        ],
        lines.map((line) => rowOf(line, calm)),
      ),
      ...warmUp(all.filter(isQuietWarmUp)),
      ...gaps.map(([phase, check]) => `- ${phase}: ${why(check)}`),
      ...messagesOf(lines),
    ],
  }
}
