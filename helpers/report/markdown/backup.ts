import type { BackupFigures } from '../../backup/figures.ts'
import { notMeasured } from '../not-measured.ts'
import type { Summary } from '../summary.ts'
import { counted, type PagePart, table, time } from './blocks.ts'
import { text } from './escape.ts'

const title = 'Backup'
const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`
const instants = { snapshot: 'at one instant', none: 'not at one instant' } as const

/** What one check says of the backup: `good` when it passed, that it failed, or why it was not tried. */
const saidBy = (summary: Summary, id: string, good: string): string => {
  const status = summary.checks.find((check) => check.id === id)?.status
  if (status === 'passed') return good
  if (status === 'failed') return `**${id} failed**`
  return text(notMeasured(summary, [id], 'it left no word'))
}

const restored = (summary: Summary, { restoredInMs }: BackupFigures): string =>
  saidBy(
    summary,
    'backup.restores',
    `on a second server${restoredInMs === undefined ? '' : ` in ${time(restoredInMs)}`}, the same schema and every row`,
  )

const glanceOf = (summary: Summary, backup: BackupFigures): string =>
  [
    `${backup.tables} tables, ${backup.views} views, ${counted(backup.rows)} rows in ${counted(backup.files)} files, ${instants[backup.consistency]}`,
    saidBy(summary, 'backup.complete', 'each file as it was made'),
    `restored: ${restored(summary, backup)}`,
  ].join('; ')

const detailsOf = (summary: Summary, backup: BackupFigures): string[] =>
  table(
    ['backup', ''],
    [
      ['made by', text(backup.tool)],
      ['made in', time(backup.madeInMs)],
      ['moment', `${text(backup.serverTime)}, TSO ${text(backup.tso)}, ${instants[backup.consistency]}`],
      ['tables, views', `${backup.tables}, ${backup.views}`],
      ['rows', counted(backup.rows)],
      ['files', `${counted(backup.files)}, ${megabytes(backup.bytes)}`],
      ['manifest', `SHA-256 ${text(backup.manifest)}`],
      ['restored', restored(summary, backup)],
      ...(backup.restoredAt === undefined ? [] : [['restored and compared at', text(backup.restoredAt)]]),
      [
        'as the way back, after apply',
        saidBy(summary, 'rollback.restore', 'the rows of before, without those since'),
      ],
    ],
  )

/** The backup of this run and whether it restores, the proof that a person gave, or why there is neither. */
export const backup = (summary: Summary): PagePart => {
  const { backup: figures, backupEvidence } = summary
  const given = backupEvidence === undefined ? [] : [`proof given: ${text(backupEvidence)}`]
  if (figures !== undefined)
    return {
      title,
      glance: [glanceOf(summary, figures), ...given].join('; '),
      details: detailsOf(summary, figures),
    }
  const why = text(notMeasured(summary, ['backup.complete'], 'it left no figures'))
  return { title, glance: [...given, why].join('; '), details: [] }
}
