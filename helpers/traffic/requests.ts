/** One request to send. */
export interface Ask {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  /** The code of the purchase that this request makes. A 2xx answer names it: `{ "purchase": … }`. */
  readonly purchase?: string
}

/** A request to send, and its kind. */
export type NamedAsk = Ask & { readonly name: string }

/** One kind of request that buyers send. */
export interface RequestKind {
  readonly name: string
  /** How often, against the other kinds. */
  readonly weight: number
  /** Undefined when there is nothing to ask at the moment. */
  make(): Ask | undefined
}

/** What the buyers of a migration's application do: requests.ts in its folder exports `openBuyers`. */
export interface Buyers {
  readonly kinds: readonly RequestKind[]
  /** Told of each purchase that the application acknowledged. */
  acknowledged(purchase: string): void
}

/** Mixes kinds by weight, evenly and in the same order each time. Skips a kind that has nothing to ask. */
export const createMix = (kinds: readonly RequestKind[]): (() => NamedAsk) => {
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0)
  const states = kinds.map((kind) => ({ kind, credit: 0 }))
  const next = (left: number): NamedAsk => {
    if (left === 0) throw new RangeError('no kind of request has anything to ask')
    for (const state of states) state.credit += state.kind.weight
    const chosen = states.reduce((best, state) => (state.credit > best.credit ? state : best))
    chosen.credit -= total
    const ask = chosen.kind.make()
    return ask === undefined ? next(left - 1) : { ...ask, name: chosen.kind.name }
  }
  return () => next(total)
}
