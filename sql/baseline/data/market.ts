import { at } from '../../../helpers/migrate/data/at.ts'
import type { Random } from '../../../helpers/migrate/data/random.ts'
import { isSellable, type PlannedEvent } from './events.ts'
import type { TicketTypes } from './ticket-types.ts'

/** What was bought in one order: up to two ticket types of one event. */
export interface OrderLine {
  readonly type: number
  readonly quantity: number
}

/** What one buyer takes home. */
export interface Sale {
  readonly event: PlannedEvent
  readonly first: OrderLine
  readonly second: OrderLine | null
}

/** The events that are on sale as time passes. Never sells more of a type than there is. */
export interface Market {
  /** Sells up to `wanted` tickets of one type, and one more of another when `mixed`. Times must not go back. */
  sell(time: number, wanted: number, mixed: boolean): Sale
}

/** Opens an empty market. `sell` throws a RangeError when no event on sale has a place left. */
export const createMarket = (random: Random, events: readonly PlannedEvent[], types: TicketTypes): Market => {
  const waiting = events.filter(isSellable).toSorted((a, b) => b.saleStart - a.saleStart || b.id - a.id)
  const open: PlannedEvent[] = []
  const taken = new Int32Array(types.count + 1)
  const room = (type: number): number => at(types.quantity, type) - at(taken, type)

  const close = (index: number): void => {
    const last = open.pop()
    if (last !== undefined && index < open.length) open[index] = last
  }
  const take = (type: number, wanted: number): OrderLine => {
    const quantity = Math.min(wanted, room(type), at(types.maxPerOrder, type))
    taken[type] = at(taken, type) + quantity
    return { type, quantity }
  }

  return {
    sell: (time, wanted, mixed) => {
      for (let next = waiting.at(-1); next !== undefined && next.saleStart <= time; next = waiting.at(-1)) {
        open.push(next)
        waiting.pop()
      }
      while (open.length > 0) {
        const index = random.int(0, open.length - 1)
        const event = at(open, index)
        const free = types.ofEvent(event.id).filter((type) => room(type) > 0)
        if (event.saleEnd < time || free.length === 0) {
          close(index)
        } else if (random.chance(event.appeal)) {
          // The cheaper types come first in most line-ups and sell best.
          const choice = random.skewed(free.length, 2)
          const other = free[(choice + 1) % free.length]
          const first = take(at(free, choice), wanted)
          const second = mixed && other !== undefined && free.length > 1 ? take(other, 1) : null
          return { event, first, second }
        }
      }
      throw new RangeError('no event on sale has a place left: plan more events or fewer orders')
    },
  }
}
