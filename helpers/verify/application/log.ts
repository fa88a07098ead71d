import { closeSync, openSync, readSync } from 'node:fs'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { record } from '../../core/record/record.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import { logEndOf, markShape, stretchSince } from './log-mark.ts'

const markRecord = record('application-log.json', markShape)

/** Errors in a log since the run began. */
export interface LogErrors {
  readonly bytesRead: number
  readonly lines: number
  /** Lines that the pattern marks as errors. */
  readonly errors: number
  /** The first of them, shortened, with credentials taken out. */
  readonly first: readonly string[]
  /** Why there may be more errors than that. */
  readonly lost?: string
}

const shownLines = 5
const shownAtMost = 200
const chunkBytes = 1 << 20

/** Puts on record where the log ends now. Throws APP_LOG_UNREADABLE: nothing was started yet, so a typo costs nothing. */
export const markLog = (run: RunFolder, path: string): void => markRecord.write(run, logEndOf(path))

/** A log line as a report may show it. */
export const redacted = (line: string): string =>
  line
    .replace(/:\/\/[^\s/@]*@/g, '://(hidden)@')
    .replace(/\b(bearer|basic)\s+[\w+/=.~-]+/gi, '$1 (hidden)')
    .replace(
      /(["']?\b[\w-]*(?:password|passwd|pwd|secret|token|api[-_]?key|authorization)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&]+)/gi,
      '$1(hidden)',
    )
    .slice(0, shownAtMost)

/** The lines of a file from an offset on, without holding the whole of it. */
function* linesFrom(path: string, offset: number): Generator<string> {
  const file = openSync(path, 'r')
  try {
    const chunk = Buffer.alloc(chunkBytes)
    const decoder = new TextDecoder()
    let rest = ''
    for (let at = offset; ; ) {
      const read = readSync(file, chunk, 0, chunkBytes, at)
      if (read === 0) break
      at += read
      const lines = `${rest}${decoder.decode(chunk.subarray(0, read), { stream: true })}`.split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    if (rest !== '') yield rest
  } finally {
    closeSync(file)
  }
}

/**
 * Counts the errors that were logged since the run began. Throws SECTION_MISSING when the beginning was not marked,
 * APP_LOG_UNREADABLE when the file is gone.
 */
export const readLogErrors = (run: RunFolder, path: string, pattern: string): LogErrors => {
  const { from, to, lost } = stretchSince(markRecord.read(run), path)
  const isError = new RegExp(pattern, 'i')
  const first: string[] = []
  let [lines, errors] = [0, 0]
  for (const line of linesFrom(path, from)) {
    lines++
    if (!isError.test(line)) continue
    errors++
    if (first.length < shownLines) first.push(redacted(line))
  }
  return { bytesRead: to - from, lines, errors, first, ...(lost === undefined ? {} : { lost }) }
}

/** Throws APP_ERRORS_LOGGED when there are any. */
export const assertNoErrors = ({ errors, first }: LogErrors): void => {
  if (errors === 0) return
  throw new HarnessError('APP_ERRORS_LOGGED', {
    what: `The application logged ${errors} errors since the run began:\n    ${first.join('\n    ')}`,
    next: 'Fix them, or set APP_LOG_ERRORS to a pattern that tells errors of this application.',
  })
}
