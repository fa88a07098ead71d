import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { DAY, sqlTime } from '../../../helpers/migrate/data/time.ts'
import type { PlannedEvent } from './events.ts'

interface Tier {
  readonly name: string
  /** Price against the event's base price. */
  readonly factor: number
  /** Part of the event's capacity, against its other types. */
  readonly part: number
}

/** An event sells 1 to 5 types; the smallest part of the smallest event is still above ten places. */
const LINE_UPS: readonly (readonly [tiers: readonly Tier[], weight: number])[] = [
  [[{ name: 'Vé phổ thông', factor: 1, part: 1 }], 10],
  [
    [
      { name: 'Standard', factor: 1, part: 7 },
      { name: 'VIP', factor: 2.5, part: 3 },
    ],
    24,
  ],
  [
    [
      { name: 'Hạng phổ thông', factor: 1, part: 6 },
      { name: 'Hạng nhất', factor: 1.8, part: 3 },
      { name: 'VIP', factor: 3, part: 1 },
    ],
    36,
  ],
  [
    [
      { name: 'Early Bird', factor: 0.7, part: 1 },
      { name: 'General Admission', factor: 1, part: 5 },
      { name: 'Premium', factor: 1.6, part: 3 },
      { name: 'VIP', factor: 3, part: 1 },
    ],
    22,
  ],
  [
    [
      { name: 'Khu C', factor: 0.6, part: 4 },
      { name: 'Khu B', factor: 1, part: 2 },
      { name: 'Khu A', factor: 1.5, part: 2 },
      { name: 'VIP', factor: 2.2, part: 1 },
      { name: 'SVIP', factor: 4, part: 1 },
    ],
    8,
  ],
]

/** What other tables need of the ticket types. Ids run from 1 to `count`, an event's own side by side. */
export interface TicketTypes {
  readonly count: number
  /** The event's ids, in order. */
  ofEvent(eventId: number): number[]
  readonly event: Int32Array
  /** Whole đồng. */
  readonly price: Int32Array
  readonly quantity: Int32Array
  readonly maxPerOrder: Uint8Array
  /** Tickets that are ACTIVE or USED; the orders fill it in. */
  readonly sold: Int32Array
  name(id: number): string
}

/** Draws the types of all events; nothing is sold yet. */
export const planTicketTypes = (seed: number, events: readonly PlannedEvent[]): TicketTypes => {
  const random = createRandom(seed, 'ticket types')
  const lineUps = events.map(() => random.weighted(LINE_UPS))
  const count = lineUps.reduce((sum, tiers) => sum + tiers.length, 0)
  const first = new Int32Array(events.length + 2)
  const tiers: Tier[] = []
  const columns = {
    event: new Int32Array(count + 1),
    price: new Int32Array(count + 1),
    quantity: new Int32Array(count + 1),
    maxPerOrder: new Uint8Array(count + 1),
    sold: new Int32Array(count + 1),
  }
  for (const event of events) {
    const lineUp = at(lineUps, event.id - 1)
    const parts = lineUp.reduce((sum, { part }) => sum + part, 0)
    const base = random.chance(0.03) ? 0 : 5 + random.skewed(120, 3)
    first[event.id] = tiers.length + 1
    for (const tier of lineUp) {
      const id = tiers.push(tier)
      columns.event[id] = event.id
      columns.price[id] = Math.round(base * tier.factor) * 10_000
      columns.quantity[id] = Math.floor((event.capacity * tier.part) / parts)
      columns.maxPerOrder[id] = random.pick([4, 5, 6, 8, 10, 10, 10])
    }
  }
  first[events.length + 1] = count + 1
  return {
    ...columns,
    count,
    ofEvent: (eventId) => {
      const from = at(first, eventId)
      return Array.from({ length: at(first, eventId + 1) - from }, (_, index) => from + index)
    },
    name: (id) => at(tiers, id - 1).name,
  }
}

/** All ticket types, with what is sold of each. */
export const ticketTypeRows = (
  seed: number,
  events: readonly PlannedEvent[],
  types: TicketTypes,
): TableRows =>
  tableRows(
    'TicketType',
    types.count,
    [
      'ticket_type_id',
      'event_id',
      'type_name',
      'description',
      'price',
      'quantity',
      'sold_quantity',
      'sale_start',
      'sale_end',
      'max_per_order',
      'is_active',
      'created_at',
    ],
    function* () {
      const random = createRandom(seed, 'TicketType')
      for (let id = 1; id <= types.count; id++) {
        const event = at(events, at(types.event, id) - 1)
        yield {
          ticket_type_id: id,
          event_id: event.id,
          type_name: types.name(id),
          description: random.orNull(
            0.45,
            `${types.name(id)}: ${random.pick(['ghế ngồi', 'standing', 'bao gồm nước uống'])}`,
          ),
          price: at(types.price, id),
          quantity: at(types.quantity, id),
          sold_quantity: at(types.sold, id),
          sale_start: random.orNull(0.1, sqlTime(event.saleStart)),
          sale_end: random.orNull(0.12, sqlTime(event.saleEnd)),
          max_per_order: random.orNull(0.02, at(types.maxPerOrder, id)),
          is_active: random.chance(0.9) ? 1 : 0,
          created_at: sqlTime(event.created + random.between(0, DAY)),
        }
      }
    },
  )
