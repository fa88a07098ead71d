import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom, scramble } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { DAY, sqlTime } from '../../../helpers/migrate/data/time.ts'
import { type Counts, NOW } from './counts.ts'
import type { PlannedEvent } from './events.ts'
import type { Orders } from './orders.ts'
import type { TicketTypes } from './ticket-types.ts'

const REASONS = [
  'Tôi bận việc đột xuất, không thể tham dự.',
  'Mua nhầm ngày, mong được hoàn tiền.',
  'I am ill and cannot come.',
  'Ban tổ chức đổi địa điểm.',
  'Double booking by mistake.',
]
const NOTES = [
  'Đã kiểm tra, đồng ý.',
  'Quá hạn hoàn vé.',
  'Refunded in full.',
  'Khách đã xác nhận qua điện thoại.',
]

type RefundDecision = 'PENDING' | 'APPROVED' | 'REJECTED'

/** Requests of refunded and half-cancelled orders, filled up with rejected ones of good orders. */
const planRefunds = (seed: number, wanted: number, orders: Orders): Map<number, RefundDecision> => {
  const found = new Map<number, RefundDecision>()
  const good: number[] = []
  for (let order = 1; order <= orders.count; order++) {
    const status = orders.status(order)
    if (status === 'CANCELLATION_PENDING') found.set(order, 'PENDING')
    else if (status === 'REFUNDED' && scramble(seed + 41, order) % 100 < 38) found.set(order, 'APPROVED')
    else if (status === 'PAID' || status === 'COMPLETED') good.push(order)
  }
  const missing = Math.max(0, wanted - found.size)
  const step = good.length / missing
  for (let n = 0; n < missing && n < good.length; n++) found.set(at(good, Math.floor(n * step)), 'REJECTED')
  return found
}

/** All refund requests, in the order of their orders. Reviewed by the manager of the event. */
export const refundRows = (
  seed: number,
  counts: Counts,
  orders: Orders,
  events: readonly PlannedEvent[],
  types: TicketTypes,
): TableRows => {
  const requests = planRefunds(seed, counts.refunds, orders)
  return tableRows(
    'RefundRequest',
    requests.size,
    [
      'refund_request_id',
      'order_id',
      'user_id',
      'reason',
      'refund_amount',
      'request_status',
      'organizer_note',
      'created_at',
      'reviewed_at',
      'reviewed_by',
      'refunded_at',
    ],
    function* () {
      const random = createRandom(seed, 'RefundRequest')
      let id = 0
      for (const [order, status] of [...requests].toSorted(([a], [b]) => a - b)) {
        id++
        const paid = orders.paidAt(order)
        const created = random.between(paid, Math.min(NOW, paid + 25 * DAY))
        const reviewed = random.between(created, Math.min(NOW, created + 6 * DAY))
        const refunded = random.between(reviewed, Math.min(NOW, reviewed + 4 * DAY))
        const type = orders.lines(order)[0]?.type ?? 1
        const manager = at(events, at(types.event, type) - 1).manager
        const open = status === 'PENDING'
        yield {
          refund_request_id: id,
          order_id: order,
          user_id: at(orders.user, order),
          reason: random.orNull(0.15, random.pick(REASONS)),
          refund_amount: random.chance(0.8) ? orders.final(order) : Math.floor(orders.final(order) / 2),
          request_status: status,
          organizer_note: open ? null : random.orNull(0.4, random.pick(NOTES)),
          created_at: sqlTime(created),
          reviewed_at: open ? null : sqlTime(reviewed),
          reviewed_by: open ? null : random.orNull(0.02, manager),
          refunded_at: status === 'APPROVED' ? sqlTime(refunded) : null,
        }
      }
    },
  )
}
