import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom, type Random } from '../../../helpers/migrate/data/random.ts'
import { type Counts, FIRST_ORDER, NOW } from './counts.ts'
import type { PlannedEvent } from './events.ts'
import type { OrderLine } from './market.ts'
import { createMarket } from './market.ts'
import type { People } from './people.ts'
import type { TicketTypes } from './ticket-types.ts'

export type OrderStatus = 'PENDING' | 'PAID' | 'CANCELLED' | 'REFUNDED' | 'COMPLETED' | 'CANCELLATION_PENDING'

const STATUSES: readonly OrderStatus[] = [
  'PENDING',
  'PAID',
  'CANCELLED',
  'REFUNDED',
  'COMPLETED',
  'CANCELLATION_PENDING',
]
type Shares = readonly (readonly [status: number, share: number])[]
const share = (status: OrderStatus, of: number): readonly [number, number] => [STATUSES.indexOf(status), of]

const EVENT_OVER: Shares = [
  share('COMPLETED', 74),
  share('PAID', 14),
  share('CANCELLED', 8),
  share('REFUNDED', 2.5),
  share('PENDING', 0.7),
  share('CANCELLATION_PENDING', 0.8),
]
const EVENT_AHEAD: Shares = [
  share('PAID', 83),
  share('CANCELLED', 9),
  share('COMPLETED', 3),
  share('REFUNDED', 2),
  share('PENDING', 2),
  share('CANCELLATION_PENDING', 1),
]
const EVENT_CANCELLED: Shares = [
  share('REFUNDED', 80),
  share('CANCELLED', 12),
  share('CANCELLATION_PENDING', 8),
]
const TICKETS: readonly (readonly [quantity: number, share: number])[] = [
  [1, 60],
  [2, 27],
  [3, 8],
  [4, 4],
  [5, 1],
]
const GIVES_TICKETS_BACK: ReadonlySet<OrderStatus> = new Set(['CANCELLED', 'REFUNDED'])

/** All orders in id order, which is the order of time. A dozen bytes an order. */
export interface Orders {
  readonly count: number
  readonly tickets: number
  readonly user: Int32Array
  /** Unix seconds. */
  readonly created: Int32Array
  status(id: number): OrderStatus
  lines(id: number): OrderLine[]
  /** Whole đồng, before the discount. */
  total(id: number): number
  /** Whole đồng, what the customer owes. */
  final(id: number): number
  /** When the cart was paid, in the orders that were. */
  paidAt(id: number): number
}

/** True when tickets of such an order no longer count as sold. */
export const isGivenBack = (status: OrderStatus): boolean => GIVES_TICKETS_BACK.has(status)

const discountOf = (random: Random): number =>
  random.weighted([
    [0, 84],
    [5, 5],
    [10, 7],
    [20, 3],
    [50, 1],
  ])

/** Draws all orders and books their tickets into `types.sold`. Throws a RangeError when nothing is left to sell. */
export const planOrders = (
  seed: number,
  counts: Counts,
  people: People,
  events: readonly PlannedEvent[],
  types: TicketTypes,
): Orders => {
  const random = createRandom(seed, 'orders')
  const market = createMarket(random, events, types)
  const size = counts.orders + 1
  const [user, created] = [new Int32Array(size), new Int32Array(size)]
  const [status, discount, delay] = [new Uint8Array(size), new Uint8Array(size), new Uint16Array(size)]
  const [typeA, typeB] = [new Int32Array(size), new Int32Array(size)]
  const [quantityA, quantityB] = [new Uint8Array(size), new Uint8Array(size)]
  let tickets = 0

  // A few users buy again and again; user 1 is one of them at every scale.
  const byZeal = Int32Array.from({ length: people.count }, (_, index) => index + 1)
  random.shuffle(byZeal)
  const one = byZeal.indexOf(1)
  const rank = Math.floor(people.count / 100)
  byZeal[one] = at(byZeal, rank)
  byZeal[rank] = 1

  for (let id = 1; id <= counts.orders; id++) {
    const share = (id - 1 + random.next()) / counts.orders
    // Halfway between even and growing: the second year sells more than the first.
    const time = Math.floor(FIRST_ORDER + (NOW - FIRST_ORDER) * (share + Math.sqrt(share)) * 0.5)
    created[id] = time
    do user[id] = at(byZeal, random.skewed(people.count, 2))
    while (people.joinedAt(at(user, id)) > time)

    const sale = market.sell(time, random.weighted(TICKETS), random.chance(0.08))
    typeA[id] = sale.first.type
    quantityA[id] = sale.first.quantity
    typeB[id] = sale.second?.type ?? 0
    quantityB[id] = sale.second?.quantity ?? 0
    tickets += at(quantityA, id) + at(quantityB, id)

    const over = sale.event.end <= NOW
    const cancelled = sale.event.status === 'CANCELLED'
    status[id] = random.weighted(cancelled ? EVENT_CANCELLED : over ? EVENT_OVER : EVENT_AHEAD)
    discount[id] = discountOf(random)
    delay[id] = Math.min(random.int(20, 1_800), NOW - time)
    if (!isGivenBack(at(STATUSES, at(status, id)))) {
      types.sold[at(typeA, id)] = at(types.sold, at(typeA, id)) + at(quantityA, id)
      types.sold[at(typeB, id)] = at(types.sold, at(typeB, id)) + at(quantityB, id)
    }
  }

  const total = (id: number): number =>
    at(types.price, at(typeA, id)) * at(quantityA, id) + at(types.price, at(typeB, id)) * at(quantityB, id)
  return {
    count: counts.orders,
    tickets,
    user,
    created,
    status: (id) => at(STATUSES, at(status, id)),
    lines: (id) => {
      const first = { type: at(typeA, id), quantity: at(quantityA, id) }
      const second = { type: at(typeB, id), quantity: at(quantityB, id) }
      return second.quantity === 0 ? [first] : [first, second]
    },
    total,
    final: (id) => {
      const full = total(id)
      return full - Math.floor((full * at(discount, id)) / 100_000) * 1_000
    },
    paidAt: (id) => at(created, id) + at(delay, id),
  }
}
