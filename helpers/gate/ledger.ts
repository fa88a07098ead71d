import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { HarnessError } from '../errors/harness-error.ts'
import { stepsFile } from '../migration/apply/step.ts'
import { readCheckSwitch } from '../migration/apply/switch.ts'
import { type Before, hasBefore, readBefore, recordBefore } from '../run/before.ts'
import { RunFolder } from '../run/run-folder.ts'
import type { Snapshot } from '../schema/model.ts'
import type { ReadSession } from '../target/session.ts'

interface Place {
  readonly reportsDir: string
  readonly target: string
  readonly database: string
  readonly migration: string
}

/**
 * The ledger of one database of a target: every step that any run sent to it, and what it was before the first.
 * A rollback in a later run drops what stands here and nothing else. Keep the folder as long as a rollback may come.
 */
export const openLedger = ({ reportsDir, target, database, migration }: Place): RunFolder => {
  const name = [target, database, migration].map(encodeURIComponent).join('-')
  const dir = join(resolve(reportsDir), 'applied', name)
  mkdirSync(dir, { recursive: true })
  return new RunFolder(dir)
}

/** Records schema and switch before the first step of all; later runs leave that record as it is. */
export const recordFirstBefore = async (
  ledger: RunFolder | undefined,
  session: ReadSession,
  schema: Snapshot,
): Promise<void> => {
  if (ledger === undefined || hasBefore(ledger)) return
  recordBefore(ledger, { schema, switchOn: await readCheckSwitch(session), rows: [] })
}

/** Throws NOTHING_RECORDED when no run of the suite has recorded what it added to this database. */
export function assertLedger(ledger: RunFolder | undefined): asserts ledger is RunFolder {
  if (ledger?.has(stepsFile) && hasBefore(ledger)) return
  throw new HarnessError('NOTHING_RECORDED', {
    what: `There is no record of what this suite added here${ledger === undefined ? '' : `: ${ledger.dir} is empty`}.`,
    why: 'A rollback drops only what the suite recorded as added; an index that was there before stays.',
    next: 'Run from the REPORTS_DIR that the apply used, or see what is there with MODE=check and drop it by hand.',
  })
}

/** What the database was before the first step. Throws NOTHING_RECORDED. */
export const readFirstBefore = (ledger: RunFolder | undefined): Before => {
  assertLedger(ledger)
  return readBefore(ledger)
}

/** Puts a ledger aside once all of it was rolled back, so that the next apply begins a new one. */
export const closeLedger = (ledger: RunFolder | undefined): void => {
  if (ledger === undefined || !existsSync(ledger.dir)) return
  renameSync(ledger.dir, `${ledger.dir}.rolled-back-${new Date().toISOString().replaceAll(':', '-')}`)
}
