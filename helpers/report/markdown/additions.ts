import { enforcedCount } from '../enforced-count.ts'
import { notMeasured } from '../not-measured.ts'
import type { CheckResult, Summary } from '../summary.ts'
import { listed, type PagePart } from './blocks.ts'
import { text } from './escape.ts'

const namesAtMost = 40

const ofFamily = ({ checks }: Summary, family: string): CheckResult[] =>
  checks.filter(({ id }) => id.startsWith(`${family}[`))

const names = (heading: string, all: readonly string[]): string[] =>
  listed(all, namesAtMost, (shown) => ['', `**${heading}**`, '', ...shown.map((name) => `- ${text(name)}`)])

/** What is known of one kind of addition; `found` is what is said where it was looked at after apply. */
const additionsPart = (
  summary: Summary,
  kind: 'index' | 'constraint',
  found: Pick<Summary['indexes'], 'missing' | 'different'>,
  glance: string,
): PagePart => {
  const [title, family] =
    kind === 'index' ? ['Indexes', 'postconditions.indexes'] : ['Constraints', 'postconditions.constraints']
  if (ofFamily(summary, family).some(({ status }) => status !== 'skipped'))
    return {
      title,
      glance,
      details: [...names('missing', found.missing), ...names('different', found.different)],
    }
  const dropped = summary.checks.find(({ id }) => id === 'rollback.dropped')
  if (summary.mode === 'rollback' && dropped !== undefined && dropped.status !== 'skipped') {
    const steps = summary.steps.filter(
      (step) => step.phase === 'rollback' && step.kind === kind && step.status === 'done',
    )
    const result =
      dropped.status === 'passed' ? 'as before the migration' : 'not all that was added, see rollback.dropped'
    return { title, glance: `${steps.length} dropped; ${result}`, details: [] }
  }
  return { title, glance: text(notMeasured(summary, [family], 'the lock has none')), details: [] }
}

/** How many of the lock's indexes are there. */
export const indexes = (summary: Summary): PagePart => {
  const { indexes: found } = summary
  return additionsPart(summary, 'index', found, `${found.present} of ${found.expected} there`)
}

/** How many of the lock's constraints are there, and enforced. */
export const constraints = (summary: Summary): PagePart => {
  const { constraints: found } = summary
  const glance = `${found.present} of ${found.expected} there, ${enforcedCount(summary)}`
  return additionsPart(summary, 'constraint', found, glance)
}
