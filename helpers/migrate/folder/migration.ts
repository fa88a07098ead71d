import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { inProject } from '../../core/config/project.ts'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import { metricShape } from './metric-shape.ts'
import { type NamedStatement, parseNamedStatements } from './named-statements.ts'
import { timeClaimShape } from './time-claim-shape.ts'

/** A small application that a rehearsal runs beside the migration; see sql/v3/application. */
const applicationShape = z.strictObject({
  /** Holds server.ts, buyers.ts, seed.sql and accounts.sql. */
  folder: z.string().min(1),
  /** Paths that must answer with JSON. */
  endpoints: z.array(z.string().startsWith('/')).min(1),
  /** The rows that the buyers change, as a condition by table; all other rows must stay as they are. */
  ownRows: z.record(z.string(), z.string().min(1)),
})

const manifestShape = z.strictObject({
  /** The database of a rehearsal; a target of yours names its own in DATABASE_URL. */
  database: z.string().min(1),
  /** The folder with the schema before the migration: schema.sql, views.sql, and data/ or data.sql. */
  baseline: z.string().min(1),
  auditTable: z.string().optional(),
  application: applicationShape.optional(),
  /** How long the guide says that it takes. */
  times: z.array(timeClaimShape).default([]),
  softDelete: z.strictObject({ column: z.string(), tables: z.array(z.string()).min(1) }).optional(),
  /** The guide's table of success. */
  metrics: z.array(metricShape).default([]),
  /** What the guide says of its own mysqldump command, and the options that it gives. */
  guideBackup: z.strictObject({ claim: z.string(), options: z.array(z.string()) }).optional(),
})

/** A folder under sql/: the scripts of a migration, and what the guide claims of it. */
export interface Migration extends z.infer<typeof manifestShape> {
  readonly name: string
  readonly dir: string
  readonly baselineDir: string
  readonly lockFile: string
}

const sqlRoot = inProject('sql')
const scripts = { indexes: 'indexes.sql', constraints: 'constraints.sql', rollback: 'rollback.sql' } as const
export type ScriptName = keyof typeof scripts

/** The names of all migrations under sql/. */
export const listMigrations = (): string[] =>
  readdirSync(sqlRoot).filter((name) => existsSync(join(sqlRoot, name, 'migration.json')))

/** Reads sql/<name>/migration.json. Throws MIGRATION_INVALID, which lists the migrations there are. */
export const readMigration = (name: string): Migration => {
  const dir = join(sqlRoot, name)
  try {
    const manifest = manifestShape.parse(JSON.parse(readFileSync(join(dir, 'migration.json'), 'utf8')))
    return {
      ...manifest,
      name,
      dir,
      baselineDir: resolve(dir, manifest.baseline),
      lockFile: join(dir, 'lock.json'),
    }
  } catch (cause) {
    throw new HarnessError('MIGRATION_INVALID', {
      what: `MIGRATION=${name}: sql/${name}/migration.json cannot be used: ${messageOf(cause)}`,
      next: `Set MIGRATION to one of: ${listMigrations().join(', ')}, or write that file.`,
      cause,
    })
  }
}

// A checkout on Windows has other line ends, and an editor there may put a byte order mark, which TiDB takes for a
// syntax error. Neither makes another migration.
const readIfThere = (path: string): string =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .replace(/^\uFEFF/, '')
        .replaceAll('\r\n', '\n')
    : ''

/** The text of one of the migration's scripts; empty when the migration has none of that kind. */
export const readScript = (migration: Migration, script: ScriptName): string =>
  readIfThere(join(migration.dir, scripts[script]))

/** The schema before the migration: tables, then views. */
export const readBaseline = (migration: Migration): string[] =>
  ['schema.sql', 'views.sql'].map((file) => readIfThere(join(migration.baselineDir, file))).filter(Boolean)

/** What the application's buyers need in the database before anything is recorded; empty when there is no application. */
export const readSeed = ({ dir, application }: Migration): string =>
  application === undefined ? '' : readIfThere(join(dir, application.folder, 'seed.sql'))

/** The named statements of queries.sql, audits.sql and so on; `accounts` are the application's. Throws STATEMENTS_INVALID. */
export const readStatements = (
  migration: Migration,
  kind: 'queries' | 'audits' | 'remedies' | 'claims' | 'probes' | 'accounts',
): NamedStatement[] => {
  const path = join(
    migration.dir,
    kind === 'accounts' ? (migration.application?.folder ?? '') : '',
    `${kind}.sql`,
  )
  return parseNamedStatements(readIfThere(path), path)
}

/** A hash over every text that the lock is made from; another hash means that the lock may be stale. */
export const hashOfSources = (migration: Migration): string => {
  const texts = [
    ...readBaseline(migration),
    ...(['indexes', 'constraints', 'rollback'] as const).map((script) => readScript(migration, script)),
  ]
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex')
}
