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

/** The text that people read of an error: its code and what happened, then why and what to type next, where there are any. */
export const textOfParts = ({
  code,
  what,
  why,
  next,
}: {
  readonly code: string
  readonly what: string
  readonly why?: string | undefined
  readonly next?: string | undefined
}): string =>
  [
    `${code}: ${what}`,
    ...(why === undefined ? [] : [`  why:  ${why}`]),
    ...(next === undefined ? [] : [`  next: ${next}`]),
  ].join('\n')

/**
 * The one base class of the harness's own errors.
 *
 * `code` is stable and can be searched for; `message` says what happened, why, and what to type next. Each part stands
 * beside it by itself: nothing needs to read the message.
 */
export class HarnessError extends Error {
  readonly code: string
  /** What happened, without code, why and next. */
  readonly what: string
  readonly why: string | undefined
  readonly next: string
  readonly fields: Readonly<Record<string, unknown>>

  constructor(code: string, { what, why, next, cause, fields = {} }: ErrorParts) {
    super(textOfParts({ code, what, why, next }), { cause })
    this.name = 'HarnessError'
    this.code = code
    this.what = what
    this.why = why
    this.next = next
    this.fields = fields
  }
}

/** The text of anything that was thrown, without a stack. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)
