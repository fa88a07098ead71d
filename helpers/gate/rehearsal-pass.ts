import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { Settings } from '../core/config/settings.ts'
import { HarnessError, messageOf } from '../core/errors/harness-error.ts'
import { record } from '../core/record/record.ts'
import { type Snapshot, snapshotShape } from '../core/schema/model.ts'
import { parseRelease } from '../core/server/version.ts'
import { type Rates, ratesShape } from '../migrate/estimate/rates.ts'
import type { Migration } from '../migrate/folder/migration.ts'
import { namesLeftOut } from '../migrate/lock/except.ts'
import type { Lock } from '../migrate/lock/lock.ts'
import type { Refusal } from './refusal.ts'

const passContentShape = z.strictObject({
  passVersion: z.literal(1),
  migration: z.string(),
  lockHash: z.string(),
  /** `7.5`: the release line of the engine that was rehearsed on. */
  releaseLine: z.string(),
  engine: z.string(),
  /** The tables that the migration touches, as they were before it. */
  baseline: snapshotShape,
  /** Names that the rehearsal left out (EXCEPT). */
  except: z.array(z.string()),
  checks: z.object({ passed: z.number(), skipped: z.number() }),
  scale: z.string(),
  rehearsedAt: z.iso.datetime(),
  durationMs: z.number(),
  /** How fast the rehearsal's server was, as far as it was measured: for the estimate on the target. */
  rates: ratesShape.optional(),
})
const passShape = passContentShape.extend({ hash: z.string() })
/** What a green rehearsal leaves behind: which lock, on which release line, from which schema. */
export type RehearsalPass = z.infer<typeof passShape>

export const passRecord = record('rehearsal-pass.json', passShape)
/** The pass that was accepted is the run's own: another rehearsal may write a new one in its place meanwhile. */
export const acceptedPassRecord = record('accepted-pass.json', passShape)

const hashOf = (content: z.infer<typeof passContentShape>): string =>
  createHash('sha256')
    .update(JSON.stringify(passContentShape.parse(content)))
    .digest('hex')

/** `8.0.11-TiDB-v7.5.2` is of the line 7.5; empty when the server is no TiDB. */
export const releaseLine = (version: string): string => {
  const release = parseRelease(version)
  return release === undefined ? '' : `${release.major}.${release.minor}`
}

/** The tables that a lock adds something to, without what it adds; views are left out, V3 touches none. */
export const touchedSchema = (lock: Lock, snapshot: Snapshot): Snapshot => {
  const touched = new Set(
    [...lock.adds.indexes, ...lock.adds.constraints].map(({ table }) => table.toLowerCase()),
  )
  return { tables: snapshot.tables.filter(({ name }) => touched.has(name.toLowerCase())), views: [] }
}

/** Puts a pass together; its hash shows when the file is edited later. */
export const makePass = (content: Omit<z.infer<typeof passContentShape>, 'passVersion'>): RehearsalPass => {
  const whole = { passVersion: 1 as const, ...content }
  return { ...whole, hash: hashOf(whole) }
}

/** Where a rehearsal puts its pass: in the folder of the reports, one a migration. */
export const passFileOf = (reportsDir: string, migration: string): string =>
  join(resolve(reportsDir), `rehearsal-pass-${migration}.json`)

/** What a pass must fit. */
export interface PassDemand {
  readonly file: string
  readonly migration: string
  /** MIGRATION, as a shell takes it. */
  readonly given: string
  readonly lockHash: string
  /** How old it may be, in days, */
  readonly days: number
  /** when the run began (ms since 1970): a pass does not run out in the middle of a run. */
  readonly askedAt: number
  readonly except: readonly string[]
}

/** What a run demands of the pass, as its settings have it. */
export const passDemandOf = (
  settings: Pick<Settings, 'REHEARSAL_PASS' | 'REPORTS_DIR' | 'PASS_DAYS'>,
  migration: Migration,
  lock: Lock,
): PassDemand => ({
  file: settings.REHEARSAL_PASS ?? passFileOf(settings.REPORTS_DIR, migration.name),
  migration: migration.name,
  given: migration.given,
  lockHash: lock.hash,
  days: settings.PASS_DAYS,
  askedAt: Date.now(),
  except: namesLeftOut(lock),
})

const dayMs = 86_400_000

const flaw = (pass: RehearsalPass, demand: PassDemand, version: string): [string, string] | undefined => {
  const { hash, ...content } = pass
  if (hashOf(content) !== hash) return ['PASS_EDITED', 'was edited after the rehearsal wrote it']
  if (pass.lockHash !== demand.lockHash || pass.migration !== demand.migration)
    return [
      'PASS_OF_ANOTHER_LOCK',
      `is for ${pass.migration}, lock ${pass.lockHash.slice(0, 12)}; this is ${demand.migration}, lock ${demand.lockHash.slice(0, 12)}`,
    ]
  if (pass.releaseLine !== releaseLine(version))
    return [
      'PASS_OF_ANOTHER_RELEASE',
      `was made on ${pass.engine}, the target is ${version}: another release line`,
    ]
  const leftOut = pass.except.filter((name) => !demand.except.includes(name))
  if (leftOut.length > 0) return ['PASS_WITH_EXCEPTIONS', `did not rehearse ${leftOut.join(', ')}`]
  const ageMs = demand.askedAt - Date.parse(pass.rehearsedAt)
  if (ageMs > demand.days * dayMs || ageMs < -dayMs)
    return ['PASS_TOO_OLD', `is of ${pass.rehearsedAt}; it may be ${demand.days} days old (PASS_DAYS)`]
  return undefined
}

const parsePass = (file: string): RehearsalPass => passShape.parse(JSON.parse(readFileSync(file, 'utf8')))

/** Reads the pass and holds it against the demand. Returns the pass, or why it does not do. */
export const readPass = (
  demand: PassDemand,
  version: string,
): { pass: RehearsalPass } | { refusal: Refusal } => {
  const image = parseRelease(version)
  const next = `MIGRATION=${demand.given} npx vitest run   # a green rehearsal writes the pass${
    image === undefined
      ? ''
      : `; on the target's release: TARGET=container TIDB_IMAGE=pingcap/tidb:v${image.major}.${image.minor}.${image.patch}`
  }`
  const refuse = (code: string, what: string) => ({
    refusal: { code, what: `The rehearsal pass ${what}.`, next },
  })
  if (!existsSync(demand.file)) return refuse('NO_REHEARSAL_PASS', `${demand.file} does not exist`)
  let pass: RehearsalPass
  try {
    pass = parsePass(demand.file)
  } catch (cause) {
    return refuse('PASS_UNREADABLE', `${demand.file} cannot be read: ${messageOf(cause)}`)
  }
  const found = flaw(pass, demand, version)
  return found === undefined ? { pass } : refuse(found[0], `${demand.file} ${found[1]}`)
}

/** Reads the pass. Throws what is wrong with it, such as NO_REHEARSAL_PASS or PASS_TOO_OLD. */
export const assertPass = (demand: PassDemand, version: string): RehearsalPass => {
  const found = readPass(demand, version)
  if ('pass' in found) return found.pass
  const { code, what, next } = found.refusal
  throw new HarnessError(code, { what, why: 'MODE=apply would be refused.', next })
}

/** The rates that a rehearsal measured, and where; undefined without an unedited pass that holds them. */
export const findRehearsedRates = (
  file: string,
): { rates: Rates; rehearsedAt: string; engine: string } | undefined => {
  try {
    const { hash, ...content } = parsePass(file)
    const { rates, rehearsedAt, engine } = content
    return rates !== undefined && hashOf(content) === hash ? { rates, rehearsedAt, engine } : undefined
  } catch {
    // What is wrong with a pass is told where one is needed; an estimate can do without.
    return undefined
  }
}
