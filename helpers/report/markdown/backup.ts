import type { Summary } from '../summary.ts'
import type { Part } from './blocks.ts'
import { text } from './escape.ts'

const title = 'Backup'

/** What stands for a backup of this run: what a person gave as proof of one, or why there is none. */
export const backup = ({ mode, backupEvidence }: Summary): Part => {
  if (backupEvidence !== undefined)
    return { title, glance: `evidence given, not looked into: ${text(backupEvidence)}`, details: [] }
  const why = mode === 'rehearse' ? 'the server is thrown away' : 'nothing is changed'
  return { title, glance: text(`not measured: MODE=${mode}, ${why}`), details: [] }
}
