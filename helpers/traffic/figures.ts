import { createHistogram } from 'node:perf_hooks'
import type { BuyersFigures } from '../core/record/traffic.ts'

const keptMessages = 10
const microseconds = 1000
const tenth = (value: number) => Math.round(value * 10) / 10

/** Latencies of one kind of request, or of all. */
class Latencies {
  readonly #histogram = createHistogram()
  requests = 0
  errors = 0

  answered(ms: number): void {
    this.requests++
    this.#histogram.record(Math.max(1, Math.round(ms * microseconds)))
  }

  failed(): void {
    this.requests++
    this.errors++
  }

  get figures() {
    const at = (percent: number) =>
      this.#histogram.count === 0 ? null : tenth(this.#histogram.percentile(percent) / microseconds)
    return { p50: at(50), p95: at(95), p99: at(99) }
  }
}

/** Keeps count of requests from `now` on. Times are what performance.now() says. */
export class FigureKeeper {
  readonly #startedAt: number
  readonly #all = new Latencies()
  readonly #byRequest = new Map<string, Latencies>()
  readonly #messages = new Map<string, number>()
  #lastAnswerAt: number
  #answers = 0
  #longestStall = { ms: 0, from: 0 }

  constructor(now: number) {
    this.#startedAt = now
    this.#lastAnswerAt = now
  }

  #of(request: string): Latencies {
    const own = this.#byRequest.get(request) ?? new Latencies()
    this.#byRequest.set(request, own)
    return own
  }

  /** Counts a good answer that came at `now`, `ms` after its request was due. */
  answered(request: string, now: number, ms: number): void {
    this.#all.answered(ms)
    this.#of(request).answered(ms)
    this.#waitedUntil(now)
    this.#lastAnswerAt = now
    this.#answers++
  }

  failed(request: string, message: string): void {
    this.#all.failed()
    this.#of(request).failed()
    const text = `${request}: ${message}`
    const known = this.#messages.get(text)
    if (known !== undefined || this.#messages.size < keptMessages) this.#messages.set(text, (known ?? 0) + 1)
  }

  #waitedUntil(now: number): void {
    if (now - this.#lastAnswerAt <= this.#longestStall.ms) return
    this.#longestStall = { ms: now - this.#lastAnswerAt, from: this.#lastAnswerAt }
  }

  figures(now: number): BuyersFigures {
    this.#waitedUntil(now)
    const seconds = (now - this.#startedAt) / 1000
    return {
      seconds: tenth(seconds),
      requests: this.#all.requests,
      rate: seconds > 0 ? tenth(this.#answers / seconds) : 0,
      errors: this.#all.errors,
      messages: [...this.#messages].map(([message, count]) => ({ message, count })),
      ...this.#all.figures,
      longestStallMs: Math.round(this.#longestStall.ms),
      longestStallFrom: new Date(performance.timeOrigin + this.#longestStall.from).toISOString(),
      byRequest: [...this.#byRequest].map(([request, own]) => ({
        request,
        requests: own.requests,
        errors: own.errors,
        ...own.figures,
      })),
    }
  }
}
