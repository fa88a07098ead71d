import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine, EngineOptions } from '../../core/server/embedded/engine.ts'
import { hashOfModules } from '../../core/server/prepared/modules.ts'
import type { Preparation } from '../../core/server/prepared/preparation.ts'
import {
  type CacheSettings,
  type PreparedServer,
  prepareServer,
} from '../../core/server/prepared/prepare-server.ts'
import { startEngineFor } from '../../core/server/start.ts'
import type { ThrowAwayServer } from '../../core/server/throw-away.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import { baselineOf, type Migration, seedOf } from '../../migrate/folder/migration.ts'
import { type DataFigures, dataShape } from '../../report/summary.ts'
import { loadIndexStatistics } from './load-statistics.ts'
import { type PrepareOptions, prepareDatabase } from './prepare.ts'

type Options = Omit<PrepareOptions, 'structure'>

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => !item.isDirectory())
    .map((item) => join(item.parentPath, item.name))
    .toSorted()

/**
 * A hash over all that makes the rows: each file of data/, whatever it is, with what the modules among them import; or
 * data.sql. A list that a generator reads as a file belongs into data/ therefore.
 */
const hashOfGenerator = ({ baselineDir }: Migration): string => {
  const [folder, script] = [join(baselineDir, 'data'), join(baselineDir, 'data.sql')]
  const files = existsSync(folder) ? filesIn(folder) : []
  return hashOfModules([join(baselineDir, 'data/index.ts'), ...files, script])
}

const figures = dataShape.nullable()

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The database of a rehearsal as something that is prepared once: the baseline of a migration, with data and statistics. */
export const databasePreparation = (migration: Migration, options: Options): Preparation => {
  const { SEED, SCALE, TRAFFIC } = options
  return {
    about: `${migration.name}, ${SCALE}, seed ${SEED}${TRAFFIC === 'on' ? ', with buyers' : ''}`,
    inputs: {
      database: migration.database,
      baseline: hashOf(JSON.stringify(baselineOf(migration))),
      generator: hashOfGenerator(migration),
      seed: `${SEED}`,
      scale: SCALE,
      buyers: TRAFFIC === 'on' ? hashOf(seedOf(migration)) : 'none',
      preparing: hashOfModules([join(import.meta.dirname, 'prepare.ts')]),
    },
    figures,
    fill: async (server) => (await prepareDatabase(server, migration, options)) ?? null,
  }
}

/** The figures of a prepared server, for the report; undefined when its migration has no generator. */
export const dataFiguresOf = ({ figures: kept, preparedAt }: PreparedServer): DataFigures | undefined => {
  const loaded = figures.parse(kept)
  if (loaded === null) return undefined
  return preparedAt === undefined ? loaded : { ...loaded, preparedAt }
}

/** Makes the data directory of a rehearsal, and says where its data came from. Undefined where it must be loaded. */
export const prepareAhead = async (
  settings: CacheSettings,
  migration: Migration,
  options: Options,
): Promise<PreparedServer | undefined> => {
  const started = performance.now()
  const preparation = databasePreparation(migration, options)
  const prepared = await prepareServer(settings, preparation, options.say)
  const took = ((performance.now() - started) / 1000).toFixed(1)
  if (prepared?.preparedAt !== undefined)
    options.say(`data: ${preparation.about}; prepared at ${prepared.preparedAt}, copied in ${took} s`)
  return prepared
}

/** Brings a server that was started on prepared data to where it would be after a load. */
export const settlePrepared = (
  server: ThrowAwayServer,
  { database }: Migration,
  connections: number,
): Promise<void> => loadIndexStatistics(() => openWriteSession(server, database), database, connections)

/** Starts an engine with the database of a rehearsal: on a prepared copy, or else by loading it. */
export const startWithDatabase = async (
  settings: CacheSettings,
  migration: Migration,
  options: Options,
  engineOptions: Pick<EngineOptions, 'serverVersion' | 'tls'> = {},
): Promise<{ readonly engine: Engine; readonly loaded: DataFigures | undefined }> => {
  const prepared = await prepareAhead(settings, migration, options)
  const engine = await startEngineFor(settings, options.say, engineOptions, prepared)
  try {
    if (prepared === undefined) return { engine, loaded: await prepareDatabase(engine, migration, options) }
    await settlePrepared(engine, migration, options.CONNECTIONS)
    return { engine, loaded: dataFiguresOf(prepared) }
  } catch (error) {
    await engine.stop()
    throw error
  }
}
