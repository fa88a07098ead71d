import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inProject } from '../../helpers/core/config/project.ts'
import { type Summary, summaryShape } from '../../helpers/report/summary.ts'

export const sampleDir = inProject('reports/sample')

/** What a real rehearsal found: the summary of reports/sample, made by `SCALE=small npx vitest run`. */
export const readSample = (): Summary =>
  summaryShape.parse(JSON.parse(readFileSync(join(sampleDir, 'summary.json'), 'utf8')))
