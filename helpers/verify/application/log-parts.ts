import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { z } from 'zod'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'

/** Where a log ended at a moment, and how to know that place again after the log was rotated. */
export const markShape = z.object({
  file: z.string(),
  inode: z.number(),
  bytes: z.number(),
  /** Hash of the bytes before that place. */
  hash: z.string(),
  /** ms since 1970. */
  at: z.number(),
})
type Mark = z.infer<typeof markShape>

/** A stretch of a log file to read, from an offset in bytes to its end. */
interface LogPart {
  readonly path: string
  readonly offset: number
  readonly bytes: number
}

export interface LogParts {
  /** Oldest first. */
  readonly parts: readonly LogPart[]
  /** Why what was logged may stand in none of them. */
  readonly lost?: string
}

const hashedBytes = 4096
/** What a rotation puts behind a name: .1, -20260120, .2026-01-20_10. */
const numbered = /^[.-]\d[\d.:_T-]*$/

const unreadable = (path: string, cause: unknown): HarnessError =>
  new HarnessError('APP_LOG_UNREADABLE', {
    what: `APP_LOG=${path} cannot be read: ${messageOf(cause)}`,
    next: 'Check the path, and that this account may read it.',
    cause,
  })

const hashBefore = (path: string, end: number): string => {
  const file = openSync(path, 'r')
  try {
    const start = Math.max(0, end - hashedBytes)
    const bytes = Buffer.alloc(end - start)
    const read = readSync(file, bytes, 0, bytes.length, start)
    return createHash('sha256').update(bytes.subarray(0, read)).digest('hex')
  } finally {
    closeSync(file)
  }
}

/** The place where a log ends now. Throws APP_LOG_UNREADABLE. */
export const endOf = (path: string): Mark => {
  try {
    const { ino, size } = statSync(path)
    return { file: path, inode: ino, bytes: size, hash: hashBefore(path, size), at: Date.now() }
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

interface LogFile {
  readonly path: string
  readonly inode: number
  readonly bytes: number
  readonly writtenAt: number
}

// The folder may hold files of others, which this account may not read: they are not the log.
const unlessRefused = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const filesIn = (folder: string): LogFile[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    const found = unlessRefused(() => statSync(path))
    if (found?.isFile() !== true) return []
    return [{ path, inode: found.ino, bytes: found.size, writtenAt: found.mtimeMs }]
  })

const holds = (mark: Mark, { path, bytes }: LogFile): boolean =>
  bytes >= mark.bytes && unlessRefused(() => hashBefore(path, mark.bytes)) === mark.hash

const partsSince = (mark: Mark, path: string): LogParts => {
  const own = realpathSync(path)
  const files = filesIn(dirname(own))
  const current = files.filter((file) => file.path === own)
  const others = files.filter((file) => file.path !== own)
  const isNumbered = (file: LogFile) =>
    file.path.startsWith(own) && numbered.test(file.path.slice(own.length))
  // A copy has a number of its own, and is known by what it holds.
  const isCopy = (file: LogFile) =>
    mark.bytes > 0 && basename(file.path).startsWith(basename(own, extname(own))) && holds(mark, file)
  const isMarked = (file: LogFile) => file.inode === mark.inode && holds(mark, file)
  const old = current.find(isMarked) ?? others.find(isMarked) ?? others.find(isCopy)
  const between = others
    .filter((file) => file !== old && isNumbered(file) && file.writtenAt > mark.at)
    .toSorted((a, b) => a.writtenAt - b.writtenAt)
  const whole = [...between, ...current].filter((file) => file !== old)
  return {
    parts: [
      ...(old === undefined ? [] : [{ ...old, offset: mark.bytes }]),
      ...whole.map((file) => ({ ...file, offset: 0 })),
    ],
    ...(old === undefined ? { lost: 'the log was rotated and its old part is gone' } : {}),
  }
}

/**
 * Where to read what was logged since a mark: in the log, and in what rotations made of it in the same folder, be it
 * renamed, or copied and cut in place. Throws APP_LOG_UNREADABLE when the log is gone.
 */
export const readParts = (mark: Mark, path: string): LogParts => {
  try {
    return partsSince(mark, path)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}
