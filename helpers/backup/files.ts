import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { HarnessError } from '../core/errors/harness-error.ts'
import { type Backup, type BackupFile, manifestRecord, unprovenRecord } from './manifest.ts'

const hashOfFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

const filesIn = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => name !== manifestRecord.name && name !== unprovenRecord.name)
    .toSorted()

/** Every file of a backup's folder with its size and SHA-256. */
export const listFiles = async (dir: string): Promise<BackupFile[]> => {
  const files: BackupFile[] = []
  for (const name of filesIn(dir)) {
    const path = join(dir, name)
    files.push({ name, bytes: statSync(path).size, sha256: await hashOfFile(path) })
  }
  return files
}

const fileDamageOf = async (dir: string, file: BackupFile): Promise<string[]> => {
  const path = join(dir, file.name)
  const bytes = statSync(path, { throwIfNoEntry: false })?.size
  if (bytes === undefined) return [`${file.name} is missing`]
  if (bytes !== file.bytes)
    return [`${file.name} has ${bytes} bytes${bytes === 0 ? ', it is empty' : ''}; it had ${file.bytes}`]
  if ((await hashOfFile(path)) === file.sha256) return []
  return [`${file.name} was edited: its SHA-256 is another one`]
}

/** What is wrong with the files of a backup, one line each: sizes, contents, and files that are not of it. */
export const findDamage = async ({ dir, manifest }: Backup): Promise<string[]> => {
  const damage: string[] = []
  for (const file of manifest.files) damage.push(...(await fileDamageOf(dir, file)))
  const listed = new Set(manifest.files.map(({ name }) => name))
  const strange = filesIn(dir).filter((name) => !listed.has(name))
  return [...damage, ...strange.map((name) => `${name} is not of this backup`)]
}

/** Throws BACKUP_DAMAGED with every file that is not as the manifest says. */
export const assertIntact = async (backup: Backup): Promise<void> => {
  const damage = await findDamage(backup)
  if (damage.length === 0) return
  throw new HarnessError('BACKUP_DAMAGED', {
    what: `The backup in ${backup.dir} is not what was made:\n    ${damage.join('\n    ')}`,
    why: 'It would not bring back all that it was made of.',
    next: 'Make a new backup, and find out what changed this one.',
    fields: { damage },
  })
}
