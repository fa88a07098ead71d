import { type Summary, summaryRecord } from '../summary.ts'
import { constraints, indexes } from './additions.ts'
import { backup } from './backup.ts'
import { benchmarks } from './benchmarks.ts'
import { folded, joined, type PagePart, table } from './blocks.ts'
import { checks } from './checks.ts'
import { claims } from './claims.ts'
import { drift } from './drift.ts'
import { failures } from './failures.ts'
import { head } from './head.ts'
import { metrics } from './metrics.ts'
import { steps } from './steps.ts'
import { timings } from './timings.ts'
import { traffic } from './traffic.ts'
import { writes } from './writes.ts'

const parts: readonly ((summary: Summary) => PagePart)[] = [
  indexes,
  constraints,
  checks,
  claims,
  steps,
  traffic,
  benchmarks,
  writes,
  backup,
  timings,
]

// What GitHub takes as a comment is 65,536 characters; the first screen has its share of that.
const foldedAtMost = 32_000

/** Leaves the longest of the folded parts out until the rest fits: half a part would not be Markdown. */
const withinLimit = (rendered: readonly PagePart[]): readonly PagePart[] => {
  const lengths = rendered.map(({ details }) => details.join('\n').length)
  if (lengths.reduce((sum, length) => sum + length, 0) <= foldedAtMost) return rendered
  const longest = lengths.indexOf(Math.max(...lengths))
  const count = (lengths[longest] ?? 0).toLocaleString('en')
  const said = [`Left out, because it has ${count} characters; ${summaryRecord.name} has it.`]
  return withinLimit(rendered.map((part, at) => (at === longest ? { ...part, details: said } : part)))
}

/**
 * A run's summary as Markdown for a pull request: the verdict and why, what failed, the guide's metrics and one line a
 * part on the first screen, the rest folded. It reads nothing but the summary. What was not measured says so and why.
 */
export const renderMarkdown = (summary: Summary): string => {
  const rendered = withinLimit([...parts.map((part) => part(summary)), ...drift(summary)])
  return joined([
    ...head(summary),
    ...failures(summary),
    ...metrics(summary),
    '',
    '## What was measured',
    ...table(
      ['part', 'result'],
      rendered.map(({ title, glance }) => [title, glance]),
    ),
    ...rendered.flatMap(({ title, details }) => folded(title, details)),
    '',
    `\`${summaryRecord.name}\`, beside this file, has every check with its evidence.`,
  ])
}
