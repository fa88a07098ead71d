import { z } from 'zod'

/** What a target may be called. */
export const targetName = /^[a-z][a-z0-9_-]{0,31}$/
const throwAwayTargets = ['embedded', 'container'] as const

/** True for the targets that the harness starts and ends itself, and may write to as it likes. */
export const isThrowAwayName = (target: string): boolean => throwAwayTargets.some((name) => name === target)

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, { error: `a whole number from ${min} to ${max}` })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `a whole number from ${min} to ${max}` })

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

const isMysqlUrl = (value: string): boolean => {
  if (!URL.canParse(value)) return false
  const { protocol, hostname, pathname, username, password } = new URL(value)
  const isComplete = hostname !== '' && pathname.length > 1 && username !== ''
  return protocol === 'mysql:' && isComplete && [username, password, pathname].every(isDecodable)
}

const urlForm = 'mysql://USER:PASSWORD@HOST:PORT/DATABASE (odd characters percent-encoded)'

/**
 * Every variable the harness reads. `.describe()` is its documentation; a test proves that
 * `.env.example` names each one.
 */
export const variables = {
  TARGET: z
    .string()
    .regex(targetName, { error: 'embedded, container, or the name of a .env.NAME file' })
    .optional()
    .describe('The server under the suite: embedded, container, or a name of yours such as prod.'),
  MODE: z
    .enum(['rehearse', 'check', 'apply', 'rollback'], { error: 'rehearse, check, apply or rollback' })
    .optional()
    .describe('What the suite may do. Throw-away targets rehearse, all others check.'),
  DATABASE_URL: z
    .string()
    .refine(isMysqlUrl, { error: urlForm })
    .optional()
    .describe('Where a target of yours is. Not used by embedded and container.'),
  MIGRATION: z
    .string()
    .regex(/^[a-zA-Z0-9_-]+$/, { error: 'the name of a folder under sql/' })
    .default('v3')
    .describe('The folder under sql/ that holds the migration.'),
  BASELINE_FROM: z
    .string()
    .regex(targetName, { error: 'the name of a .env.NAME file' })
    .refine((name) => !isThrowAwayName(name), { error: 'a target of yours, such as prod' })
    .optional()
    .describe('Rehearse on the schema of this target of yours. Its structure is read, and no row.'),
  SCALE: z
    .enum(['small', 'standard', 'large'], { error: 'small, standard or large' })
    .default('standard')
    .describe('How much data a rehearsal loads: 1,000, 100,000 or 1,000,000 orders.'),
  SEED: wholeNumber(0, 4_294_967_295)
    .default(20_260_120)
    .describe('The seed of the generated data. The same seed gives the same rows.'),
  TIDB_SERVER_BIN: z
    .string()
    .optional()
    .describe('A tidb-server binary for TARGET=embedded. Else: the PATH, the cache, or a build.'),
  TIDB_IMAGE: z.string().default('pingcap/tidb:v7.5.2').describe('The image for TARGET=container.'),
  ENGINE_CACHE: z
    .string()
    .optional()
    .describe('Where built engines are kept. Default: tidb-migration-harness in the user cache.'),
  ENGINE_DIR: z
    .string()
    .optional()
    .describe(
      'The data directory of an embedded engine that already runs. The run joins it and leaves it running.',
    ),
  RUN_DIR: z
    .string()
    .optional()
    .describe('The folder of an earlier run to go on with. Only together with ENGINE_DIR.'),
  REPORTS_DIR: z.string().default('reports').describe('Where the reports go.'),
  CONNECTIONS: wholeNumber(1, 32)
    .default(4)
    .describe('Connections that load data and change tables side by side.'),
  LONG_TRANSACTION_SECONDS: wholeNumber(1, 86_400)
    .default(60)
    .describe('A transaction older than this many seconds fails the preflight.'),
  MINIMUM_RELEASE: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, { error: 'a release such as 7.5.2' })
    .default('7.5.2')
    .describe('The oldest TiDB release that a server of yours may have.'),
  CONFIRM: z
    .string()
    .optional()
    .describe('The name of the database that apply or rollback may change, typed by hand.'),
  BACKUP_EVIDENCE: z
    .string()
    .optional()
    .describe('The id of a backup, or a link to it; goes into the report.'),
  REHEARSAL_PASS: z
    .string()
    .optional()
    .describe('The file of the rehearsal pass. Default: rehearsal-pass-<migration>.json in REPORTS_DIR.'),
  PASS_DAYS: wholeNumber(1, 365).default(7).describe('How many days old a rehearsal pass may be.'),
  EXPECT: z
    .enum(['before', 'after'], { error: 'before or after' })
    .optional()
    .describe('The side of the migration on which a check must find the target.'),
  PROBE: z
    .enum(['1'], { error: '1' })
    .optional()
    .describe(
      '1 tries in MODE=check whether each constraint is enforced, in transactions that are rolled back.',
    ),
  EXCEPT: z
    .string()
    .optional()
    .describe('Indexes and constraints to leave out: Table.name, several with commas.'),
  ON_INTERRUPT: z
    .enum(['leave', 'cancel'], { error: 'leave or cancel' })
    .default('leave')
    .describe(
      'What Ctrl-C does with a DDL job of apply or rollback that runs: leave it to the server, or cancel it.',
    ),
  TLS_CA: z
    .string()
    .optional()
    .describe('A PEM file with the authority that signed the certificate of the server.'),
  ALLOW_PLAINTEXT: z
    .enum(['1'], { error: '1' })
    .optional()
    .describe(
      '1 connects to a server of yours without TLS: rows and credentials cross the network in the clear.',
    ),
  STATEMENT_SECONDS: wholeNumber(1, 86_400)
    .default(60)
    .describe('How long one reading statement may run on a server of yours.'),
  CHECK_BUDGET_ROWS: wholeNumber(0, 1_000_000_000_000)
    .default(5_000_000)
    .describe('MODE=check skips what would read more rows than this on a server of yours.'),
} as const

const schema = z.object(variables)
type Variables = z.infer<typeof schema>

export type Mode = NonNullable<Variables['MODE']>
export type Settings = Omit<Variables, 'TARGET' | 'MODE'> & {
  readonly TARGET: string
  readonly MODE: Mode
  /** False when nobody asked for embedded, so that a container may stand in. */
  readonly targetWasNamed: boolean
}

interface Problem {
  readonly variable: string
  readonly value: string | undefined
  readonly allowed: string
}

const shownAtMost = 100

// A URL may hold a password, under whatever name it was given by mistake, so it is never shown.
const shown = (variable: string, value: string | undefined): string | undefined => {
  if (value === undefined) return undefined
  if (variable === 'DATABASE_URL' || value.includes('://')) return '(hidden)'
  return value.length > shownAtMost ? `${value.slice(0, shownAtMost)}…` : value
}

type Raw = Readonly<Record<string, string | undefined>>

/** What does not fit together although each variable is right. The target is undefined when it is not known. */
const findConflicts = (
  { MODE, DATABASE_URL, RUN_DIR, ENGINE_DIR, EXPECT, EXCEPT, BASELINE_FROM, PROBE }: Variables,
  target: string | undefined,
): Problem[] => {
  const problems: Problem[] = []
  const refuse = (variable: string, value: string | undefined, allowed: string) =>
    problems.push({ variable, value: shown(variable, value), allowed })
  if (target !== undefined && isThrowAwayName(target)) {
    if (MODE !== undefined && MODE !== 'rehearse')
      refuse('MODE', MODE, `rehearse on the target ${target}: its server starts empty`)
  } else if (target !== undefined) {
    if (DATABASE_URL === undefined)
      refuse('DATABASE_URL', undefined, `${urlForm}, in .env.${target} or the environment`)
    if (MODE === 'rehearse')
      refuse(
        'MODE',
        MODE,
        `check, apply or rollback on the target ${target}: only embedded and container rehearse`,
      )
  }
  if (BASELINE_FROM !== undefined && target !== undefined && !isThrowAwayName(target))
    refuse('BASELINE_FROM', BASELINE_FROM, 'only in a rehearsal, on embedded or container')
  if (EXCEPT !== undefined && MODE === 'rollback')
    refuse('EXCEPT', EXCEPT, 'not with MODE=rollback: it drops what was added, and all of it')
  if (EXPECT !== undefined && (MODE ?? 'check') !== 'check') refuse('EXPECT', EXPECT, 'only with MODE=check')
  if (PROBE !== undefined && (MODE ?? 'check') !== 'check')
    refuse('PROBE', PROBE, 'only with MODE=check; the other modes probe anyway')
  if (RUN_DIR !== undefined && ENGINE_DIR === undefined)
    refuse('RUN_DIR', RUN_DIR, 'only together with ENGINE_DIR')
  if (ENGINE_DIR !== undefined && target !== undefined && target !== 'embedded')
    refuse('ENGINE_DIR', ENGINE_DIR, 'only with TARGET=embedded')
  return problems
}

/** Parses raw variables. Returns the settings, or every problem found. Empty values count as unset. */
export const parseSettings = (raw: Raw): { settings: Settings } | { problems: readonly Problem[] } => {
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value))
  const issues = schema.safeParse(given).error?.issues ?? []
  const wrong = new Map(issues.map(({ path: [variable], message }) => [String(variable), message]))
  // Without what is wrong, the rest can still be looked at: one run tells all that is to be corrected.
  const { TARGET, MODE, ...rest } = schema.parse(
    Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))),
  )
  const target = TARGET ?? 'embedded'
  const isThrowAway = isThrowAwayName(target)
  // Many a tool sets DATABASE_URL for another database; a throw-away target does not use it.
  if (isThrowAway && !wrong.has('TARGET')) wrong.delete('DATABASE_URL')
  const conflicts = findConflicts({ TARGET, MODE, ...rest }, wrong.has('TARGET') ? undefined : target)
  const problems = [
    ...[...wrong].map(([variable, allowed]) => ({
      variable,
      value: shown(variable, given[variable]),
      allowed,
    })),
    ...conflicts.filter(({ variable }) => !wrong.has(variable)),
  ]
  if (problems.length > 0) return { problems }
  const mode = MODE ?? (isThrowAway ? 'rehearse' : 'check')
  return { settings: { ...rest, TARGET: target, MODE: mode, targetWasNamed: TARGET !== undefined } }
}
