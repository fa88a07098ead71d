import { notMeasured } from '../not-measured.ts'
import type { Summary } from '../summary.ts'
import { table } from './blocks.ts'
import { text } from './escape.ts'

const none = '-'

const shownFigure = (figure: string) => (figure === none ? 'not measured' : text(figure))

const scopeNote = (summary: Summary): string[] => {
  const rows = summary.metrics ?? []
  const isOpen = rows.some(({ before, after }) => before === none || after === none)
  if (!isOpen) return []
  const sources = ['benchmark-before', 'benchmark', 'postconditions.indexes', 'application.traffic']
  return [text(`${notMeasured(summary, sources, 'there is no figure of that side')}.`, 1_000)]
}

/** The guide's table of success: claim, before, after, verdict. */
export const metrics = (summary: Summary): string[] => {
  const rows = summary.metrics ?? []
  if (rows.length === 0)
    return [
      '',
      '## Metrics of the guide',
      '',
      text(`${notMeasured(summary, ['metrics'], 'the migration names none')}.`),
    ]
  return [
    '',
    '## Metrics of the guide (times are p95)',
    ...table(
      ['metric', 'claim', { right: 'before' }, { right: 'after' }, 'verdict'],
      rows.map(({ metric, claim, before, after, verdict }) => [
        text(metric),
        text(claim),
        shownFigure(before),
        shownFigure(after),
        verdict === 'refuted' ? '**refuted**' : verdict,
      ]),
    ),
    ...scopeNote(summary),
  ]
}
