import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { type Before, beforeRecord } from '../../core/record/before.ts'
import { record } from '../../core/record/record.ts'
import { RunFolder } from '../../core/record/run-folder.ts'
import type { Snapshot } from '../../core/schema/model.ts'
import { haveTableInCommon, readTableIds, tableIdsShape } from '../../core/schema/table-ids.ts'
import { readMoment } from '../../core/server/moment.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { readCheckSwitch } from '../../core/server/switch.ts'
import { stepLog } from '../step/step.ts'

interface LedgerPlace {
  readonly reportsDir: string
  readonly target: string
  readonly database: string
  readonly migration: string
}

const ledgerDir = ({ reportsDir, target, database, migration }: LedgerPlace): string => {
  const key = createHash('sha256')
    .update(JSON.stringify([target, database.toLowerCase(), migration]))
    .digest('hex')
  const readable = `${database.toLowerCase()}-${migration}`.replace(/[^\w-]+/g, '_').slice(0, 40)
  return join(resolve(reportsDir), 'applied', `${readable}-${key.slice(0, 12)}`)
}

/**
 * The ledger of one database of a target: every step that any run sent to it, and what it was before the first.
 * A rollback in a later run drops what stands here and nothing else. Keep the folder as long as a rollback may come.
 * It does not go by host and port, which change with a restart or a fail-over; the ids of the tables tell whether it is
 * still the same database.
 */
export const openLedger = (place: LedgerPlace): RunFolder => {
  const dir = ledgerDir(place)
  mkdirSync(dir, { recursive: true })
  return new RunFolder(dir)
}

/** The ledger of a database where there is one on this machine; makes none. */
export const findLedger = (place: LedgerPlace): RunFolder | undefined => {
  const dir = ledgerDir(place)
  return existsSync(dir) ? new RunFolder(dir) : undefined
}

const idsRecord = record('tables.json', tableIdsShape)

/**
 * Throws LEDGER_OF_ANOTHER_DATABASE when no table of the database is one of those that the ledger was begun for: behind the
 * same address stands another cluster, or a copy that was restored.
 */
export const assertSameDatabase = async (
  ledger: RunFolder | undefined,
  session: ReadSession,
): Promise<void> => {
  if (ledger === undefined) return
  const was = idsRecord.find(ledger)
  if (was === undefined || haveTableInCommon(was, await readTableIds(session))) return
  throw new HarnessError('LEDGER_OF_ANOTHER_DATABASE', {
    what: `${ledger.dir} was written for other tables than those that stand behind this address now.`,
    why: 'What it says was added may have been there before, here. Nothing was changed.',
    next: `Check DATABASE_URL. If the database was restored or made anew, move that folder away and run again.`,
  })
}

/** Records schema, switch and tables before the first step of all; later runs leave that record as it is. */
export const recordFirstBefore = async (
  ledger: RunFolder | undefined,
  session: ReadSession,
  schema: Snapshot,
): Promise<void> => {
  await assertSameDatabase(ledger, session)
  if (ledger === undefined || beforeRecord.has(ledger)) return
  idsRecord.write(ledger, await readTableIds(session))
  const switchOn = await readCheckSwitch(session)
  beforeRecord.write(ledger, { schema, switchOn, rows: [], moment: await readMoment(session) })
}

/** Throws NOTHING_RECORDED when no run of the suite has recorded what it added to this database. */
export function assertLedger(ledger: RunFolder | undefined): asserts ledger is RunFolder {
  if (ledger !== undefined && stepLog.has(ledger) && beforeRecord.has(ledger)) return
  throw new HarnessError('NOTHING_RECORDED', {
    what: `There is no record of what this suite added here${ledger === undefined ? '' : `: ${ledger.dir} is empty`}.`,
    why: 'A rollback drops only what the suite recorded as added; an index that was there before stays.',
    next: 'Run from the REPORTS_DIR that the apply used, or see what is there with MODE=check and drop it by hand.',
  })
}

/** What the database was before the first step. Throws NOTHING_RECORDED. */
export const readFirstBefore = (ledger: RunFolder | undefined): Before => {
  assertLedger(ledger)
  return beforeRecord.read(ledger)
}

/** Puts a ledger aside once all of it was rolled back, so that the next apply begins a new one. */
export const closeLedger = (ledger: RunFolder | undefined): void => {
  if (ledger === undefined || !existsSync(ledger.dir)) return
  renameSync(ledger.dir, `${ledger.dir}.rolled-back-${new Date().toISOString().replaceAll(':', '-')}`)
}
