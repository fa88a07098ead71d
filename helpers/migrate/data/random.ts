/** A stream of numbers that depends on nothing but the seed and the labels it was made from. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [low, high], both ends included. */
  int(low: number, high: number): number
  /** True in `share` of the calls; 0 is never, 1 is always. */
  chance(share: number): boolean
  /** Any item with the same chance. Throws a RangeError on an empty list. */
  pick<T>(items: readonly T[]): T
  /** An item in proportion to its weight. Throws a RangeError when no weight is above 0. */
  weighted<T>(items: readonly (readonly [item: T, weight: number])[]): T
  /** An index in [0, count), low ones more often. Whole `steepness`: 1 is even, 3 gives the first tenth 46 %. */
  skewed(count: number, steepness: number): number
  /** A whole second in [from, to], both ends included, in Unix seconds. */
  between(from: number, to: number): number
  /** `value`, or null in `share` of the calls. */
  orNull<T>(share: number, value: T): T | null
  /** Puts the items in another order, in place. */
  shuffle(items: Int32Array): void
}

// FNV-1a: labels far apart in meaning must not start streams that look alike.
const hash = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/**
 * A 32-bit number that looks random and belongs to this seed and index.
 *
 * Different indexes (below 2^32) of one seed never give the same number, so it also makes unique codes.
 */
export const scramble = (seed: number, index: number): number => {
  let h = (index ^ seed) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const sfc32 = (seed: number, stream: number): (() => number) => {
  let [a, b, c, counter] = [seed | 0, stream | 0, Math.floor(seed / 0x100000000) | 0, 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 0x100000000
  }
  for (let i = 0; i < 15; i++) next()
  return next
}

/** A random stream of its own for each seed and label, so that one table's draws never move another's. */
export const createRandom = (seed: number, label: string): Random => {
  const next = sfc32(seed, hash(label))
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new RangeError('pick: the list is empty')
      return item
    },
    weighted: (items) => {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [item, weight] of items) {
        left -= weight
        if (left < 0) return item
      }
      throw new RangeError('weighted: no weight is above 0')
    },
    skewed: (count, steepness) => {
      const draw = next()
      let power = draw
      // Not Math.pow: its last bit may differ between machines.
      for (let i = 1; i < steepness; i++) power *= draw
      return Math.floor(count * power)
    },
    between: (from, to) => int(Math.ceil(from), Math.floor(to)),
    orNull: (share, value) => (next() < share ? null : value),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = int(0, i)
        const held = items[i] ?? 0
        items[i] = items[j] ?? 0
        items[j] = held
      }
    },
  }
}
