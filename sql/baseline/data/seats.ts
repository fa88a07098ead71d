import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom, scramble } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import type { Counts } from './counts.ts'
import type { TicketTypes } from './ticket-types.ts'

const LARGEST_SEATED = 120
const SEATS_PER_ROW = 12

/** Which ticket types are seated. A seated type has one seat for each of its places, ids side by side. */
export interface Seats {
  readonly count: number
  /** The first seat's id of each ticket type, 0 where people stand. */
  readonly first: Int32Array
}

/** Makes types seated, in a random order, until there are `counts.seats` seats. */
export const planSeats = (seed: number, counts: Counts, types: TicketTypes): Seats => {
  const random = createRandom(seed, 'seats')
  const order = Int32Array.from({ length: types.count }, (_, index) => index + 1)
  random.shuffle(order)
  const seated = new Uint8Array(types.count + 1)
  let planned = 0
  for (const type of order) {
    if (planned >= counts.seats) break
    if (at(types.quantity, type) > LARGEST_SEATED) continue
    seated[type] = 1
    planned += at(types.quantity, type)
  }
  const first = new Int32Array(types.count + 1)
  let next = 1
  for (let type = 1; type <= types.count; type++) {
    if (seated[type] !== 1) continue
    first[type] = next
    next += at(types.quantity, type)
  }
  return { count: planned, first }
}

/** A seat is BOOKED when a live ticket holds it: a type's seats sell from the first on. */
export const seatRows = (seed: number, types: TicketTypes, seats: Seats): TableRows =>
  tableRows(
    'Seat',
    seats.count,
    [
      'seat_id',
      'ticket_type_id',
      'row_name',
      'seat_number',
      'status',
      'is_active',
      'area_name',
      'x_pos',
      'y_pos',
    ],
    function* () {
      const random = createRandom(seed, 'Seat')
      for (let type = 1; type <= types.count; type++) {
        const first = at(seats.first, type)
        if (first === 0) continue
        const quantity = at(types.quantity, type)
        const drawn = scramble(seed + 21, type) % 10 === 0
        for (let index = 0; index < quantity; index++) {
          const [row, place] = [Math.floor(index / SEATS_PER_ROW), index % SEATS_PER_ROW]
          const booked = index < at(types.sold, type)
          const free = random.weighted([
            ['AVAILABLE', 94],
            ['LOCKED', 2],
            ['RESERVED', 4],
          ])
          yield {
            seat_id: first + index,
            ticket_type_id: type,
            row_name: String.fromCharCode(65 + row),
            seat_number: String(place + 1),
            status: booked ? 'BOOKED' : free,
            is_active: booked || random.chance(0.99) ? 1 : 0,
            area_name: random.orNull(
              0.05,
              `${types.name(type)} ${place * 2 < SEATS_PER_ROW ? 'trái' : 'phải'}`,
            ),
            x_pos: drawn ? null : 40 + place * 32,
            y_pos: drawn ? null : 40 + row * 36,
          }
        }
      }
    },
  )
