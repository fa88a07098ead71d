interface ErrorParts {
  /** What happened and where, in one or two short sentences. */
  readonly what: string
  /** Why it matters or why it happened; leave out what `what` says already. */
  readonly why?: string
  /** The next command to type or the next thing to do. */
  readonly next: string
  readonly cause?: unknown
  /** Facts for programs: names, counts, statements. Never a secret. */
  readonly fields?: Readonly<Record<string, unknown>>
}

/**
 * The one base class of the harness's own errors.
 *
 * `code` is stable and can be searched for; `message` says what happened, why, and what to type next.
 */
export class HarnessError extends Error {
  readonly code: string
  /** What happened, without code, why and next. */
  readonly what: string
  readonly fields: Readonly<Record<string, unknown>>

  constructor(code: string, parts: ErrorParts) {
    const why = parts.why === undefined ? '' : `\n  why:  ${parts.why}`
    super(`${code}: ${parts.what}${why}\n  next: ${parts.next}`, { cause: parts.cause })
    this.name = 'HarnessError'
    this.code = code
    this.what = parts.what
    this.fields = parts.fields ?? {}
  }
}

/** The text of anything that was thrown, without a stack. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)
