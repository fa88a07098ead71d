import type { PhaseFigures } from '../core/record/traffic.ts'

const cells = (values: readonly string[]): string =>
  `  ${(values[0] ?? '').padEnd(13)}${values
    .slice(1)
    .map((value) => value.padStart(11))
    .join('')}`

const ms = (value: number | null): string => (value === null ? '-' : `${Math.round(value)} ms`)

/** The phases of the traffic as lines of a table; none without traffic. A warm-up is shown only when it went wrong. */
export const trafficTable = (lines: readonly PhaseFigures[]): string[] => {
  if (lines.length === 0) return []
  const calm = lines.findLast(({ phase }) => phase === 'before')?.p99
  return [
    cells(['phase', 'requests', 'errors', 'p50', 'p95', 'p99', 'to before', 'stall']),
    ...lines
      .filter(({ phase, errors }) => phase !== 'warm-up' || errors > 0)
      .map(({ phase, requests, errors, p50, p95, p99, longestStallMs }) => {
        const ratio = p99 === null || !calm ? '-' : `${(p99 / calm).toFixed(1)} x`
        return cells([
          phase,
          `${requests}`,
          `${errors}`,
          ms(p50),
          ms(p95),
          ms(p99),
          ratio,
          ms(longestStallMs),
        ])
      }),
  ]
}
