import type { Summary } from '../summary.ts'
import { time } from './blocks.ts'
import { text } from './escape.ts'

/** The words of a verdict, as the terminal has them. */
const shouted = (verdict: Summary['verdict']) => verdict.toUpperCase()

const whyNotWhole = ({ checks, incomplete }: Summary): string => {
  const failed = checks.filter(({ status }) => status === 'failed').length
  if (failed > 0) return ` ${failed} of ${checks.length} checks failed.`
  return incomplete.length > 0 ? ' No check failed, but the run is incomplete.' : ''
}

const leftOut = ({ exceptions }: Summary): string =>
  exceptions.length === 0 ? '' : ` Left out by EXCEPT: ${text(exceptions.join(', '), 1_000)}.`

/** The verdict, the sentence why, and what was run against what. */
export const head = (summary: Summary): string[] => {
  const { verdict, mode, lock, target, answer, scale, startedAt, durationMs } = summary
  const kind = target.kind === target.name ? '' : ` (${text(target.kind)})`
  const facts = [
    `MODE=${text(mode)}${mode === 'rehearse' ? ` at scale ${text(scale)}` : ''}`,
    `${text(target.name)}${kind}, ${text(target.version)}`,
    `lock ${text(lock.hash.slice(0, 12))}`,
    `begun ${text(startedAt.replace(/\.\d+Z$/, 'Z'))}, took ${time(durationMs)}`,
  ]
  return [
    `# ${shouted(verdict)}: ${text(mode)} of ${text(lock.name)} on ${text(target.name)}`,
    '',
    `**${text(target.database)} on ${text(target.name)}: ${text(answer, 2_000)}.**${whyNotWhole(summary)}${leftOut(summary)}`,
    '',
    facts.join(' · '),
  ]
}
