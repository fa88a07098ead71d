import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HarnessError, messageOf } from '../core/errors/harness-error.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { readRowHashes } from '../core/rows/row-hash.ts'
import { readSnapshot } from '../core/schema/read-snapshot.ts'
import { readTableIds, type TableIds } from '../core/schema/table-ids.ts'
import type { Say } from '../core/server/embedded/build.ts'
import { type Moment, readAt, readMoment } from '../core/server/moment.ts'
import { openReadSession, type ServerAddress } from '../core/server/session.ts'
import type { DatabaseState } from './compare.ts'
import { correctCharset } from './dump/dump-charset.ts'
import { runDumpling } from './dump/dumpling.ts'
import { runMysqldump } from './dump/mysqldump.ts'
import type { BackupTool } from './dump/tool.ts'
import { listFiles } from './files.ts'
import { type Backup, makeManifest, unprovenRecord } from './manifest.ts'

interface BackupRequest {
  readonly address: ServerAddress
  readonly target: { readonly name: string; readonly version: string }
  /** Must not be there yet. */
  readonly dir: string
  readonly tool: BackupTool
  readonly connections: number
  /** The instant to dump; the present one when left out. */
  readonly moment?: Moment | undefined
  /** Schema and rows of that instant, where somebody has read them already. */
  readonly known?: DatabaseState | undefined
  readonly say: Say
}

const createFolder = (dir: string): void => {
  try {
    mkdirSync(join(dir, '..'), { recursive: true })
    // Rows of a production: nobody else may read them.
    mkdirSync(dir, { mode: 0o700 })
  } catch (cause) {
    throw new HarnessError('BACKUP_NOT_WRITTEN', {
      what: `The folder ${dir} cannot be made: ${messageOf(cause)}`,
      next: 'Set BACKUP_DIR to a folder that can be written to.',
      cause,
    })
  }
}

const readIds = async (address: ServerAddress): Promise<TableIds> => {
  await using session = await openReadSession(address)
  return await readTableIds(session)
}

const readState = async (address: ServerAddress, moment: Moment): Promise<DatabaseState> => {
  await using session = await openReadSession(address)
  await readAt(session, moment)
  const schema = await readSnapshot(session)
  return { schema, rows: await readRowHashes(session, schema.tables) }
}

const readMomentOf = async (address: ServerAddress): Promise<Moment> => {
  await using session = await openReadSession(address)
  return await readMoment(session)
}

/**
 * Makes a backup by reading only: the dump, a hash of every row at the same instant, and the manifest, which is written
 * last, and is no proof until `proveBackup`. What a failure leaves is removed. It reads without a limit for statements:
 * that is there to keep checks polite, and whoever wants a backup wants every row read.
 * Throws DUMP_FAILED, BACKUP_TOOL_UNFIT, BACKUP_NOT_WRITTEN, TARGET_UNREACHABLE, or the server's error.
 */
export const makeBackup = async ({
  target,
  dir,
  tool,
  connections,
  known,
  say,
  address,
  moment: wantedMoment,
}: BackupRequest): Promise<Backup> => {
  const started = performance.now()
  createFolder(dir)
  try {
    const moment = wantedMoment ?? (await readMomentOf(address))
    say(`dumping ${address.database} as of ${moment.serverTime} UTC with ${tool.name} ${tool.version}`)
    const job = { tool, address, moment, dir, connections }
    const dumped = await (tool.name === 'dumpling' ? runDumpling(job) : runMysqldump(job))
    if (known === undefined) say('hashing every row as of the same instant')
    const { schema, rows } = known ?? (await readState(address, moment))
    if (tool.name === 'dumpling') await correctCharset(dir, address.database ?? '', schema)
    const manifest = makeManifest({
      target: { ...target, host: address.host, port: address.port },
      database: address.database ?? '',
      moment,
      tool: { name: tool.name, version: tool.version, ...dumped, flags: [...dumped.flags] },
      tables: [...rows],
      schema,
      tableIds: await readIds(address),
      files: await listFiles(dir),
      durationMs: Math.round(performance.now() - started),
      restored: null,
    })
    unprovenRecord.write(new RunFolder(dir), manifest)
    return { dir, manifest }
  } catch (error) {
    await rm(dir, { recursive: true, force: true })
    throw error
  }
}
