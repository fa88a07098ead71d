import { projectRoot } from '../../core/config/project.ts'
import type { Settings } from '../../core/config/settings.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import { timed } from '../../core/record/timings.ts'
import { startTarget } from '../../core/server/start.ts'
import type { Migration } from '../../migrate/folder/migration.ts'
import type { RunContext } from '../context.ts'
import { readBaselineFrom } from '../prepare/baseline-from.ts'
import { prepareDatabase } from '../prepare/prepare.ts'
import { dataFiguresOf, prepareAhead, settlePrepared } from '../prepare/prepared-database.ts'
import { dataRecord } from '../records.ts'

const canPrepare = ({ TARGET, ENGINE_DIR, PREPARED_GB }: Settings): boolean =>
  TARGET === 'embedded' && ENGINE_DIR === undefined && PREPARED_GB > 0

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
  // Production's structure is for this run alone: it is not kept.
  const prepared =
    canPrepare(settings) && structure === undefined
      ? await timed(run, 'baseline and data', () => prepareAhead(settings, migration, { ...settings, say }))
      : undefined
  const target = await timed(run, 'start of the server', () => startTarget(settings, say, prepared))
  started.defer(target.stop)
  const { name, kind, token, version, address, sessionOptions } = target
  if (token !== null && prepared !== undefined) {
    await timed(run, 'loading of statistics', () =>
      settlePrepared({ address, token }, migration, settings.CONNECTIONS),
    )
    const figures = dataFiguresOf(prepared)
    if (figures !== undefined) dataRecord.write(run, figures)
  } else if (token !== null && RUN_DIR === undefined) {
    const loaded = await timed(run, 'baseline and data', () =>
      prepareDatabase({ address, token }, migration, { ...settings, structure, say }),
    )
    if (loaded !== undefined) dataRecord.write(run, loaded)
  }
  const database = address.database ?? structure?.database ?? migration.database
  return { name, kind, token, version, address: { ...address, database }, sessionOptions }
}
