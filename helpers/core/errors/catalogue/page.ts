import { catalogue, catalogueParts } from './catalogue.ts'
import { type ErrorEntry, type GuideSection, openNames, type Remedy } from './entry.ts'

// What GitHub makes of a heading.
const anchorOf = (id: string) => id.toLowerCase().replaceAll('.', '')
const link = ({ id }: ErrorEntry) => `[${id}](#${anchorOf(id)})`

const titleOf = (section: GuideSection) => section.replace(/^Issue/, 'Troubleshooting, Issue')

const stepOf = ({ say, sql, command }: Remedy): string => {
  if (sql === undefined && command === undefined) return `- ${say}.`
  return `- ${say}:\n  \`\`\`${sql === undefined ? 'sh' : 'sql'}\n  ${sql ?? command}\n  \`\`\``
}

const sectionOf = (entry: ErrorEntry): string => {
  const { id, codes, symptom, cause, remedy, guide } = entry
  const own = codes.length === 1 && id.startsWith(`${codes[0]}`) ? [] : [`Codes: ${codes.join(', ')}.`]
  return [
    `### ${id}`,
    `\`${symptom}\``,
    [...own, cause].join(' '),
    remedy(openNames).map(stepOf).join('\n'),
    ...(guide === undefined
      ? []
      : [
          `Guide: ${guide.sections.map(titleOf).join('; ')}.${guide.wrong === undefined ? '' : ` ${guide.wrong}`}`,
        ]),
    ...('notProduced' in entry ? [`Not brought about by a test: ${entry.notProduced}`] : []),
  ].join('\n\n')
}

const guideRows = (): string[] => {
  const sections = catalogue.flatMap(({ guide }) => guide?.sections ?? [])
  const unique: GuideSection[] = [...new Set(sections)].toSorted()
  return unique.map((section) => {
    const own = catalogue.filter(({ guide }) => guide?.sections.includes(section))
    return `| ${titleOf(section)} | ${own.map(link).join(', ')} |`
  })
}

/** docs/errors.md: the catalogue for a reader who looks an error up. */
export const cataloguePage = (): string => {
  const produced = catalogue.filter((entry) => 'produced' in entry).length
  return [
    '# Errors, and what to do about them',
    'Made from `helpers/core/errors/catalogue/` by its test. The suite prints the same advice, with your names filled in.',
    `${produced} of these ${catalogue.length} are brought about by a test on a real TiDB v7.5.0 each time: the server gives the code, takes every SQL of the remedy, and the error is gone. Words in capitals are yours to fill in.`,
    `## The guide's own advice\n\n| section of the guide | here |\n| --- | --- |\n${guideRows().join('\n')}`,
    ...catalogueParts.flatMap(({ title, entries }) => [`## ${title}`, ...entries.map(sectionOf)]),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n')
}
