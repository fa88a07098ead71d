import type { DataOptions, TableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { auditRows } from './audit-log.ts'
import { bannerRows } from './banners.ts'
import { COUNTS } from './counts.ts'
import { discountRows } from './discounts.ts'
import { categories, eventRows } from './event-rows.ts'
import { planEvents } from './events.ts'
import { favouriteRows } from './favourites.ts'
import { orderRows } from './order-rows.ts'
import { planOrders } from './orders.ts'
import { paymentRows } from './payments.ts'
import { planPeople } from './people.ts'
import { refundRows } from './refunds.ts'
import { planSeats, seatRows } from './seats.ts'
import { planTicketTypes, ticketTypeRows } from './ticket-types.ts'
import { ticketRows } from './tickets.ts'
import { organizerInfos, roles, users } from './users.ts'
import { planVenues, venueRows } from './venues.ts'

/**
 * The rows of all 16 tables, parents before children.
 *
 * The facts that rows share (who bought what, and when) are drawn here, at once and into flat arrays. The rows
 * are made while they are read. They keep every foreign key, unique key and rule of V3, and what is sold of a
 * ticket type is the number of its tickets that are ACTIVE or USED.
 */
export const generate = ({ seed, scale }: DataOptions): TableRows[] => {
  const counts = COUNTS[scale]
  const people = planPeople(seed, counts)
  const venues = planVenues(seed, counts)
  const events = planEvents(seed, counts, people, venues)
  const types = planTicketTypes(seed, events)
  const orders = planOrders(seed, counts, people, events, types)
  const seats = planSeats(seed, counts, types)
  return [
    roles(),
    users(seed, people),
    organizerInfos(seed, people),
    categories(),
    venueRows(seed, venues, people),
    eventRows(seed, events, types),
    ticketTypeRows(seed, events, types),
    seatRows(seed, types, seats),
    discountRows(seed, counts, people),
    orderRows(seed, orders, people),
    ticketRows(seed, orders, people, events, types, seats),
    paymentRows(seed, orders),
    refundRows(seed, counts, orders, events, types),
    favouriteRows(seed, counts, people, events),
    bannerRows(seed, counts),
    auditRows(seed, counts, people),
  ]
}
