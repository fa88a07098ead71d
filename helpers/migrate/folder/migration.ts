import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, normalize, resolve } from 'node:path'
import { z } from 'zod'
import { inProject } from '../../core/config/project.ts'
import { isFolderName } from '../../core/config/variables/kinds.ts'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import { quoteForShell } from '../../core/text/quote.ts'
import { type NamedStatement, parseNamedStatements } from './named-statements.ts'

/** A small application that a rehearsal runs beside the migration; see sql/v3/application. */
const applicationShape = z.strictObject({
  /** Holds server.ts, buyers.ts, seed.sql and accounts.sql. */
  folder: z.string().min(1),
  /** Paths that must answer with JSON. */
  endpoints: z.array(z.string().startsWith('/')).min(1),
  /** The rows that the buyers change, as a condition by table; all other rows must stay as they are. */
  ownRows: z.record(z.string(), z.string().min(1)),
})

const migrationManifestShape = z.strictObject({
  /** The database of a rehearsal; a target of yours names its own in DATABASE_URL. */
  database: z.string().min(1),
  /** The folder with the schema before the migration: schema.sql, views.sql, and data/ or data.sql. */
  baseline: z.string().min(1),
  auditTable: z.string().optional(),
  application: applicationShape.optional(),
  softDelete: z.strictObject({ column: z.string(), tables: z.array(z.string()).min(1) }).optional(),
})

type MigrationManifest = z.infer<typeof migrationManifestShape>

interface Text {
  readonly path: string
  /** Empty when the file does not exist. */
  readonly text: string
}

// A checkout on Windows has other line ends, and an editor there may put a byte order mark, which TiDB takes for a
// syntax error. Neither makes another migration.
const readIfThere = (path: string): Text => ({
  path,
  text: existsSync(path)
    ? readFileSync(path, 'utf8')
        .replace(/^\uFEFF/, '')
        .replaceAll('\r\n', '\n')
    : '',
})
const nothing: Text = { path: '', text: '' }

const readTexts = (dir: string, { baseline, application }: MigrationManifest) => ({
  schema: readIfThere(resolve(dir, baseline, 'schema.sql')),
  views: readIfThere(resolve(dir, baseline, 'views.sql')),
  indexes: readIfThere(join(dir, 'indexes.sql')),
  constraints: readIfThere(join(dir, 'constraints.sql')),
  rollback: readIfThere(join(dir, 'rollback.sql')),
  queries: readIfThere(join(dir, 'queries.sql')),
  audits: readIfThere(join(dir, 'audits.sql')),
  remedies: readIfThere(join(dir, 'remedies.sql')),
  claims: readIfThere(join(dir, 'claims.sql')),
  probes: readIfThere(join(dir, 'probes.sql')),
  seed: application === undefined ? nothing : readIfThere(join(dir, application.folder, 'seed.sql')),
  accounts: application === undefined ? nothing : readIfThere(join(dir, application.folder, 'accounts.sql')),
})

/**
 * The scripts of a migration, and what the guide claims of it. Plain data: a run reads it once, and goes on with that when
 * a file is edited meanwhile.
 */
export interface Migration extends MigrationManifest {
  /** The name of its folder: of its pass and its ledger, too. */
  readonly name: string
  /** MIGRATION as it was given, as a shell takes it. */
  readonly given: string
  /** Its folder, as people write it. */
  readonly place: string
  readonly dir: string
  readonly baselineDir: string
  readonly lockFile: string
  readonly texts: Readonly<ReturnType<typeof readTexts>>
}

export type ScriptName = 'indexes' | 'constraints' | 'rollback'

/** The names of all migrations in a folder; sql of the suite when it is left out. */
export const listMigrations = (sqlDir?: string): string[] => {
  const root = sqlDir === undefined ? inProject('sql') : resolve(sqlDir)
  if (!existsSync(root)) return []
  return readdirSync(root).filter((name) => existsSync(join(root, name, 'migration.json')))
}

const invalid = (given: string, place: string, sqlDir: string | undefined, cause: unknown): HarnessError => {
  const known = listMigrations(sqlDir)
  const others = known.length === 0 ? '' : `one of: ${known.join(', ')}, or to `
  return new HarnessError('MIGRATION_INVALID', {
    what: `MIGRATION=${given}: ${place}/migration.json cannot be used: ${messageOf(cause)}`,
    next: `Set MIGRATION to ${others}the path of a folder with that file (see sql/example), or write it.`,
    cause,
  })
}

const noSqlDir = (sqlDir: string, given: string): HarnessError =>
  new HarnessError('MIGRATION_INVALID', {
    what: `SQL_DIR=${sqlDir} does not exist, and MIGRATION=${given} is the name of a folder in it.`,
    next: 'Make SQL_DIR the folder that holds your migrations, or leave it out for sql of the suite.',
  })

/**
 * Reads a migration, every text of it. `given` is its name in `sqlDir` (sql of the suite when that is left out), or a path
 * with a `/`. Throws MIGRATION_INVALID, which lists the migrations there are.
 */
export const readMigration = (given: string, sqlDir?: string): Migration => {
  const isNamed = isFolderName(given)
  const root = sqlDir === undefined ? inProject('sql') : resolve(sqlDir)
  const dir = isNamed ? join(root, given) : resolve(given)
  if (isNamed && sqlDir !== undefined && !existsSync(root)) throw noSqlDir(sqlDir, given)
  const place = normalize(isNamed ? join(sqlDir ?? 'sql', given) : given).replace(/(?<=.)\/$/, '')
  try {
    const manifest = migrationManifestShape.parse(
      JSON.parse(readFileSync(join(dir, 'migration.json'), 'utf8')),
    )
    return {
      ...manifest,
      name: basename(dir),
      given: quoteForShell(given),
      place,
      dir,
      baselineDir: resolve(dir, manifest.baseline),
      lockFile: join(dir, 'lock.json'),
      texts: readTexts(dir, manifest),
    }
  } catch (cause) {
    throw invalid(given, place, sqlDir, cause)
  }
}

/** The text of one of the migration's scripts; empty when the migration has none of that kind. */
export const scriptOf = ({ texts }: Migration, script: ScriptName): string => texts[script].text

/** The schema before the migration: tables, then views. */
export const baselineOf = ({ texts }: Migration): string[] =>
  [texts.schema.text, texts.views.text].filter(Boolean)

/** What the application's buyers need in the database before anything is recorded; empty when there is no application. */
export const seedOf = ({ texts }: Migration): string => texts.seed.text

/** The named statements of queries.sql, audits.sql and so on; `accounts` are the application's. Throws STATEMENTS_INVALID. */
export const statementsOf = (
  { texts }: Migration,
  kind: 'queries' | 'audits' | 'remedies' | 'claims' | 'probes' | 'accounts',
): NamedStatement[] =>
  // Much of what a guide says is judged by something else than a statement.
  parseNamedStatements(texts[kind].text, texts[kind].path, { mayLackStatement: kind === 'claims' })

/** A hash over every text that the lock is made from; another hash means that the lock may be stale. */
export const hashOfSources = (migration: Migration): string => {
  const texts = [
    ...baselineOf(migration),
    ...(['indexes', 'constraints', 'rollback'] as const).map((script) => scriptOf(migration, script)),
  ]
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex')
}
