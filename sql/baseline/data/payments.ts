import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom, scramble } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { compactDate, sqlTime } from '../../../helpers/migrate/data/time.ts'
import type { OrderStatus, Orders } from './orders.ts'

const METHODS: readonly (readonly [method: string, share: number])[] = [
  ['VNPAY', 34],
  ['MOMO', 30],
  ['BANK_TRANSFER', 15],
  ['CREDIT_CARD', 12],
  ['E_WALLET', 7],
  ['CASH', 2],
]
const PREFIX: Readonly<Record<string, string>> = { VNPAY: 'VNP', MOMO: 'MOMO', CREDIT_CARD: 'CARD' }

/** Percent of the orders in a state that have a payment, and the state of that payment. */
const OUTCOME: Readonly<Record<OrderStatus, readonly [percent: number, status: string]>> = {
  COMPLETED: [96, 'SUCCESS'],
  PAID: [97, 'SUCCESS'],
  CANCELLATION_PENDING: [100, 'SUCCESS'],
  REFUNDED: [96, 'REFUNDED'],
  CANCELLED: [35, 'FAILED'],
  PENDING: [60, 'PENDING'],
}

const hasPayment = (seed: number, orders: Orders, order: number): boolean =>
  scramble(seed + 31, order) % 100 < OUTCOME[orders.status(order)][0]

const countPayments = (seed: number, orders: Orders): number => {
  let count = 0
  for (let order = 1; order <= orders.count; order++) if (hasPayment(seed, orders, order)) count++
  return count
}

/** About nine payments for ten orders, each over the order's final amount. */
export const paymentRows = (seed: number, orders: Orders): TableRows =>
  tableRows(
    'Payment',
    countPayments(seed, orders),
    [
      'payment_id',
      'order_id',
      'payment_code',
      'payment_method',
      'transaction_id',
      'amount',
      'payment_status',
      'paid_at',
      'payment_date',
      'created_at',
    ],
    function* () {
      const random = createRandom(seed, 'Payment')
      let id = 0
      for (let order = 1; order <= orders.count; order++) {
        if (!hasPayment(seed, orders, order)) continue
        id++
        const status = OUTCOME[orders.status(order)][1]
        const method = random.weighted(METHODS)
        const created = at(orders.created, order)
        const settled = status === 'SUCCESS' || status === 'REFUNDED'
        const paid = settled ? sqlTime(orders.paidAt(order)) : null
        const reference = String(scramble(seed + 32, order)).padStart(10, '0')
        yield {
          payment_id: id,
          order_id: order,
          payment_code: random.orNull(0.04, `PAY-${compactDate(created)}-${String(id).padStart(7, '0')}`),
          payment_method: settled || random.chance(0.7) ? method : null,
          transaction_id: settled && method !== 'CASH' ? `${PREFIX[method] ?? 'TXN'}${reference}` : null,
          amount: orders.final(order),
          payment_status: status,
          paid_at: paid,
          payment_date: random.orNull(0.1, paid),
          created_at: sqlTime(created),
        }
      }
    },
  )
