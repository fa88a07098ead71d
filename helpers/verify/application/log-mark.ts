import { statSync } from 'node:fs'
import { z } from 'zod'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'

/** Where a log ended at a moment: which file it was, and how many bytes it held. */
export const markShape = z.object({ inode: z.number(), bytes: z.number() })
type Mark = z.infer<typeof markShape>

/** The stretch of a log to read, in bytes. */
interface Stretch {
  readonly from: number
  readonly to: number
  /** Why what was logged may stand somewhere else. */
  readonly lost?: string
}

/** The place where a log ends now. Throws APP_LOG_UNREADABLE. */
export const logEndOf = (path: string): Mark => {
  try {
    const { ino, size } = statSync(path)
    return { inode: ino, bytes: size }
  } catch (cause) {
    throw new HarnessError('APP_LOG_UNREADABLE', {
      what: `APP_LOG=${path} cannot be read: ${messageOf(cause)}`,
      next: 'Check the path, and that this account may read it.',
      cause,
    })
  }
}

/**
 * What was logged since a mark. Another file under that name, or a shorter one, is a rotated log, of which only the new
 * file is read. One that was cut in place and has grown past the mark since looks like no rotation. Throws
 * APP_LOG_UNREADABLE.
 */
export const stretchSince = (mark: Mark, path: string): Stretch => {
  const { inode, bytes } = logEndOf(path)
  return inode === mark.inode && bytes >= mark.bytes
    ? { from: mark.bytes, to: bytes }
    : { from: 0, to: bytes, lost: 'the log was rotated, and its old part was not read' }
}
