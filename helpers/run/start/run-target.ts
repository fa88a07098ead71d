import { projectRoot } from '../../core/config/project.ts'
import type { Settings } from '../../core/config/settings.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import { timed } from '../../core/record/timings.ts'
import { startTarget } from '../../core/server/start.ts'
import type { Migration } from '../../migrate/folder/migration.ts'
import { readBaselineFrom } from '../baseline-from.ts'
import type { RunContext } from '../context.ts'
import { prepareDatabase } from '../prepare.ts'
import { dataRecord } from '../records.ts'

/**
 * Starts the target of a run, which it leaves to `started`, and loads the baseline and data of a new rehearsal. Returns the
 * target with the database of the run. Throws what the start and the loader throw.
 */
export const startRunTarget = async (
  settings: Settings,
  migration: Migration,
  run: RunFolder,
  started: AsyncDisposableStack,
  say: (line: string) => void,
): Promise<RunContext['target']> => {
  const { BASELINE_FROM, RUN_DIR } = settings
  const structure =
    BASELINE_FROM === undefined ? undefined : await readBaselineFrom(projectRoot, BASELINE_FROM, say)
  const target = await timed(run, 'start of the server', () => startTarget(settings, say))
  started.defer(target.stop)
  const { name, kind, token, version, address, sessionOptions } = target
  if (token !== null && RUN_DIR === undefined) {
    const loaded = await timed(run, 'baseline and data', () =>
      prepareDatabase({ address, token }, migration, { ...settings, structure, say }),
    )
    if (loaded !== undefined) dataRecord.write(run, loaded)
  }
  const database = address.database ?? structure?.database ?? migration.database
  return { name, kind, token, version, address: { ...address, database }, sessionOptions }
}
