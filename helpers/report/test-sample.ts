import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Summary, summaryShape } from './summary.ts'

export const sampleDir = resolve(import.meta.dirname, '../../reports/sample')

/** What a real rehearsal found: the summary of reports/sample, made by `SCALE=small npx vitest run`. */
export const readSample = (): Summary =>
  summaryShape.parse(JSON.parse(readFileSync(join(sampleDir, 'summary.json'), 'utf8')))
