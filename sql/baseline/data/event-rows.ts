import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { DAY, sqlTime } from '../../../helpers/migrate/data/time.ts'
import { NOW } from './counts.ts'
import { CATEGORIES, eventName } from './event-names.ts'
import type { PlannedEvent } from './events.ts'
import { plain } from './person-names.ts'
import type { TicketTypes } from './ticket-types.ts'

const DETAILS = [
  'Một chương trình được mong đợi nhất trong năm với nhiều khách mời đặc biệt.',
  'Doors open one hour before the start. Please bring your ticket and an ID card.',
  'Vé đã mua không được đổi sang ngày khác. Trẻ em dưới 6 tuổi vào cửa miễn phí.',
  'An evening for friends and families, with food and drinks on site.',
  'Không gian rộng rãi, âm thanh và ánh sáng hiện đại.',
]
const MAY_BE_DELETED = new Set(['DRAFT', 'REJECTED', 'CANCELLED'])

/** The twelve categories; one of them is switched off. */
export const categories = (): TableRows =>
  tableRows(
    'EventCategory',
    CATEGORIES.length,
    ['category_id', 'category_name', 'is_active', 'created_at'],
    () =>
      CATEGORIES.map(({ name }, index) => ({
        category_id: index + 1,
        category_name: name,
        is_active: index === CATEGORIES.length - 1 ? 0 : 1,
        created_at: sqlTime(NOW - (1_400 - index) * DAY),
      })),
  )

/** All events. `total_capacity` and `sold_tickets` are the sums over the event's ticket types. */
export const eventRows = (seed: number, events: readonly PlannedEvent[], types: TicketTypes): TableRows =>
  tableRows(
    'Event',
    events.length,
    [
      'event_id',
      'category_id',
      'venue_id',
      'manager_id',
      'event_name',
      'description',
      'start_datetime',
      'end_datetime',
      'sale_start_datetime',
      'sale_end_datetime',
      'banner_image_url',
      'total_capacity',
      'sold_tickets',
      'status',
      'is_featured',
      'created_at',
      'updated_at',
      'group_id',
      'deleted_at',
    ],
    function* () {
      const random = createRandom(seed, 'Event')
      for (const event of events) {
        let [capacity, sold] = [0, 0]
        for (const type of types.ofEvent(event.id)) {
          capacity += at(types.quantity, type)
          sold += at(types.sold, type)
        }
        const name = eventName(random, event.category, new Date(event.start * 1000).getUTCFullYear())
        const updated = random.between(event.created, Math.min(event.end, NOW))
        const deleted = MAY_BE_DELETED.has(event.status) && random.chance(0.2)
        yield {
          event_id: event.id,
          category_id: event.category,
          venue_id: event.venue,
          manager_id: event.manager,
          event_name: name,
          description: random.orNull(0.08, `${name}. ${random.pick(DETAILS)} ${random.pick(DETAILS)}`),
          start_datetime: sqlTime(event.start),
          end_datetime: sqlTime(event.end),
          sale_start_datetime: random.orNull(0.05, sqlTime(event.saleStart)),
          sale_end_datetime: random.orNull(0.07, sqlTime(event.saleEnd)),
          banner_image_url: random.orNull(
            0.1,
            `https://cdn.example.vn/events/${plain(name).replaceAll('.', '')}-${event.id}.jpg`,
          ),
          total_capacity: capacity,
          sold_tickets: sold,
          status: event.status,
          is_featured: random.chance(event.appeal > 0.4 ? 0.16 : 0.02) ? 1 : 0,
          created_at: sqlTime(event.created),
          updated_at: sqlTime(updated),
          group_id: random.orNull(0.88, `series-${random.int(1, Math.ceil(events.length / 20))}`),
          deleted_at: deleted ? sqlTime(random.between(updated, NOW)) : null,
        }
      }
    },
  )
