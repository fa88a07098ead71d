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
  const dropped = ofFamily(summary, `rollback.dropped-${kind}`).filter(({ status }) => status !== 'skipped')
  if (summary.mode === 'rollback' && dropped.length > 0) {
    const right = dropped.filter(({ status }) => status === 'passed').length
    return { title, glance: `${right} of ${dropped.length} as before the migration`, details: [] }
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
