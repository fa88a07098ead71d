import { stripVTControlCharacters as plain } from 'node:util'
import { summaryRecord } from '../summary.ts'

/** A text on one line, no longer than so many characters. */
export const oneLine = (text: string, charactersAtMost: number): string => {
  const flat = plain(text).replaceAll(/\s+/g, ' ').trim()
  return flat.length <= charactersAtMost ? flat : `${flat.slice(0, charactersAtMost - 2)} …`
}

/** The first of some lines. Where there are more than `linesAtMost`, the last of these says how many were left out. */
export const firstLines = (lines: readonly string[], linesAtMost: number): string[] => {
  if (lines.length <= linesAtMost) return [...lines]
  if (linesAtMost <= 0) return []
  const shown = lines.slice(0, linesAtMost - 1)
  return [...shown, `  … ${lines.length - shown.length} more lines in ${summaryRecord.name}`]
}
