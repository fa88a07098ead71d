import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom, scramble } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { compactDate, DAY, sqlTime } from '../../../helpers/migrate/data/time.ts'
import { NOW } from './counts.ts'
import { isGivenBack, type Orders } from './orders.ts'
import type { People } from './people.ts'

/** True when the order, and with it each of its tickets, is soft-deleted: about 2 % of all. */
export const isDeleted = (seed: number, orders: Orders, id: number): boolean =>
  isGivenBack(orders.status(id)) && scramble(seed + 11, id) % 100 < 16

/** When a soft-deleted order was deleted, in Unix seconds. */
export const deletedAt = (seed: number, orders: Orders, id: number): number =>
  Math.min(NOW, orders.paidAt(id) + DAY + (scramble(seed + 12, id) % (60 * DAY)))

/** All orders. Only orders that were given back are soft-deleted, so sold counts never lean on `deleted_at`. */
export const orderRows = (seed: number, orders: Orders, people: People): TableRows =>
  tableRows(
    'Order',
    orders.count,
    [
      'order_id',
      'user_id',
      'order_code',
      'total_amount',
      'final_amount',
      'order_status',
      'customer_name',
      'customer_email',
      'customer_phone',
      'created_at',
      'updated_at',
      'paid_at',
      'deleted_at',
    ],
    function* () {
      const random = createRandom(seed, 'Order')
      for (let id = 1; id <= orders.count; id++) {
        const user = at(orders.user, id)
        const created = at(orders.created, id)
        const status = orders.status(id)
        const paid = status === 'PENDING' || status === 'CANCELLED' ? null : orders.paidAt(id)
        const deleted = isDeleted(seed, orders, id) ? deletedAt(seed, orders, id) : null
        const touched = status === 'PAID' || status === 'PENDING' ? 0 : random.int(0, 20 * DAY)
        yield {
          order_id: id,
          user_id: user,
          order_code: `ORD-${compactDate(created)}-${String(id).padStart(7, '0')}`,
          total_amount: orders.total(id),
          final_amount: orders.final(id),
          order_status: status,
          customer_name: random.orNull(0.03, people.name(user)),
          customer_email: random.orNull(0.03, people.email(user)),
          customer_phone: random.orNull(0.12, people.phone(user)),
          created_at: sqlTime(created),
          updated_at: sqlTime(deleted ?? Math.min(NOW, (paid ?? created) + touched)),
          paid_at: paid === null ? null : sqlTime(paid),
          deleted_at: deleted === null ? null : sqlTime(deleted),
        }
      }
    },
  )
