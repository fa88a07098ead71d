import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { whyOf } from '../../core/errors/advice.ts'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import type { WriteSession } from '../../core/server/session.ts'
import type { Migration } from '../folder/migration.ts'
import { type LoadProgress, type LoadResult, loadTables } from './load.ts'
import type { DataOptions, TableRows } from './table-rows.ts'

interface Generator {
  generate(options: DataOptions): TableRows[]
}

const isGenerator = (module: unknown): module is Generator =>
  typeof module === 'object' &&
  module !== null &&
  'generate' in module &&
  typeof module.generate === 'function'

/**
 * Fills the baseline of a migration: from data/index.ts beside its schema.sql, which exports `generate`,
 * or from data.sql. Returns undefined when it has neither. Throws DATA_INVALID for a module without `generate`.
 */
export const loadBaselineData = async (
  migration: Migration,
  connect: () => Promise<WriteSession>,
  options: DataOptions & { connections: number; onProgress?: (progress: LoadProgress) => void },
): Promise<LoadResult | undefined> => {
  const script = join(migration.baselineDir, 'data.sql')
  const moduleFile = join(migration.baselineDir, 'data/index.ts')
  if (existsSync(moduleFile)) {
    const module: unknown = await import(pathToFileURL(moduleFile).href)
    if (isGenerator(module)) return loadTables(connect, module.generate(options), options)
    throw new HarnessError('DATA_INVALID', {
      what: `${moduleFile} exports no function "generate".`,
      next: 'Export generate(options), which returns the rows of each table; see sql/baseline/data/index.ts.',
    })
  }
  if (existsSync(script)) {
    await using session = await connect()
    await session.script(readFileSync(script, 'utf8')).catch((cause: unknown) => {
      throw new HarnessError('SCRIPT_FAILED', {
        what: `${script} stops: ${messageOf(cause)}`,
        ...whyOf(cause),
        next: 'Correct the script, so that it fits schema.sql beside it.',
        cause,
      })
    })
  }
  return undefined
}
