import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom, type Random } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { compactDate, HOUR, sqlTime } from '../../../helpers/migrate/data/time.ts'
import { NOW } from './counts.ts'
import type { PlannedEvent } from './events.ts'
import { deletedAt, isDeleted } from './order-rows.ts'
import { isGivenBack, type OrderStatus, type Orders } from './orders.ts'
import type { People } from './people.ts'
import type { Seats } from './seats.ts'
import type { TicketTypes } from './ticket-types.ts'

const statusOf = (random: Random, order: OrderStatus, event: PlannedEvent): string => {
  if (isGivenBack(order)) return order
  return order === 'COMPLETED' && event.start < NOW && random.chance(0.93) ? 'USED' : 'ACTIVE'
}

/** All tickets, order by order. A ticket that was given back holds no seat. */
export const ticketRows = (
  seed: number,
  orders: Orders,
  people: People,
  events: readonly PlannedEvent[],
  types: TicketTypes,
  seats: Seats,
): TableRows =>
  tableRows(
    'Ticket',
    orders.tickets,
    [
      'ticket_id',
      'order_id',
      'ticket_type_id',
      'ticket_code',
      'ticket_status',
      'seat_id',
      'price',
      'qr_code_url',
      'holder_name',
      'holder_email',
      'checked_in_at',
      'created_at',
      'deleted_at',
    ],
    function* () {
      const random = createRandom(seed, 'Ticket')
      const seated = new Int32Array(types.count + 1)
      let id = 0
      for (let order = 1; order <= orders.count; order++) {
        const orderStatus = orders.status(order)
        const deleted = isDeleted(seed, orders, order) ? sqlTime(deletedAt(seed, orders, order)) : null
        const created = sqlTime(at(orders.created, order))
        const day = compactDate(at(orders.created, order))
        let holder = at(orders.user, order)
        for (const { type, quantity } of orders.lines(order)) {
          const event = at(events, at(types.event, type) - 1)
          for (let n = 0; n < quantity; n++) {
            id++
            const status = statusOf(random, orderStatus, event)
            const code = `TKT-${day}-${String(id).padStart(8, '0')}`
            let seat: number | null = null
            if (at(seats.first, type) > 0 && !isGivenBack(orderStatus)) {
              seat = at(seats.first, type) + at(seated, type)
              seated[type] = at(seated, type) + 1
            }
            const atTheDoor = Math.max(event.start + random.int(-HOUR, HOUR), at(orders.created, order))
            const checkedIn = Math.min(NOW, atTheDoor)
            const named = random.chance(0.94)
            yield {
              ticket_id: id,
              order_id: order,
              ticket_type_id: type,
              ticket_code: code,
              ticket_status: status,
              seat_id: seat,
              price: at(types.price, type),
              qr_code_url: orderStatus === 'PENDING' ? null : `https://qr.example.vn/${code}.png`,
              holder_name: named ? people.name(holder) : null,
              holder_email: named ? people.email(holder) : null,
              checked_in_at: status === 'USED' ? sqlTime(checkedIn) : null,
              created_at: created,
              deleted_at: deleted,
            }
            // The first ticket is the buyer's own, the others are for friends.
            if (random.chance(0.6)) holder = random.int(1, people.count)
          }
        }
      }
    },
  )
