import { duration } from '../../core/text/duration.ts'

/** What runs now: a check, or what comes before the first check of a section. */
export interface Running {
  readonly what: string
  /** ms since 1970. */
  readonly since: number
}

const silentAtMostMs = 25_000

const clock = (at: number): string => {
  const date = new Date(at)
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

/** One line on what runs, since when, and how far it is where that is known. */
export const runningLine = ({ what, since }: Running, now: number, progress?: string): string =>
  `   running  ${what}, since ${clock(since)} (${duration(now - since)})${progress === undefined ? '' : `; ${progress}`}`

/** Tells when a terminal has been silent for so long that a person would ask whether the run still lives. */
export class Silence {
  #since: number

  constructor(now: number) {
    this.#since = now
  }

  /** Something was said. */
  broken(now: number): void {
    this.#since = now
  }

  isTooLong(now: number): boolean {
    return now - this.#since >= silentAtMostMs
  }
}
