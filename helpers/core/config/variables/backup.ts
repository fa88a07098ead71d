import { z } from 'zod'
import { wholeNumber } from './kinds.ts'

/** What makes a backup, where it goes, and what is given as proof of one. */
export const backupVariables = {
  BACKUP_EVIDENCE: z
    .string()
    .optional()
    .describe('The id of a backup, or a link to it; goes into the report.'),
  BACKUP_MANIFEST: z
    .string()
    .optional()
    .describe('The manifest of a backup that the suite made, or its folder: proof of a backup.'),
  BACKUP_HOURS: wholeNumber(1, 8_760)
    .default(24)
    .describe('How many hours old the backup of BACKUP_MANIFEST may be.'),
  BACKUP_DIR: z
    .string()
    .optional()
    .describe('Where backups go. When set, MODE=apply and MODE=rollback make one before the first step.'),
  BACKUP_TOOL: z
    .enum(['dumpling', 'mysqldump'], { error: 'dumpling or mysqldump' })
    .default('dumpling')
    .describe('What makes a backup. Only dumpling makes one of a single instant.'),
  DUMPLING_BIN: z
    .string()
    .optional()
    .describe('A dumpling binary. Else: the PATH, the cache, or a build from engine/.'),
} as const
