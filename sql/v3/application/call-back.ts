import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import { z } from 'zod'
import type { Route } from '../../../helpers/traffic/serve.ts'
import { inTransaction } from './transaction.ts'

const noticeShape = z.object({ transaction: z.string() })

interface Payment extends RowDataPacket {
  payment_id: number
  order_id: number
}

/** The payment gateway says that a transaction went well. It may say so twice: the second time changes nothing. */
export const callBack: Route = {
  method: 'POST',
  path: '/api/payments/call-back',
  answer: async (pool, { body }) => {
    const { transaction } = noticeShape.parse(body)
    const [[payment]] = await pool.query<Payment[]>(
      'SELECT payment_id, order_id FROM Payment WHERE transaction_id = ?',
      [transaction],
    )
    if (payment === undefined) return { status: 404, body: { error: 'no such transaction' } }
    await inTransaction(pool, async (connection) => {
      const [paid] = await connection.query<ResultSetHeader>(
        `UPDATE Payment SET payment_status = 'SUCCESS', paid_at = NOW(), payment_date = NOW()
          WHERE payment_id = ? AND payment_status = 'PENDING'`,
        [payment.payment_id],
      )
      if (paid.affectedRows === 0) return
      await connection.query(
        `UPDATE \`Order\` SET order_status = 'PAID', paid_at = NOW() WHERE order_id = ? AND order_status = 'PENDING'`,
        [payment.order_id],
      )
    })
    return { status: 200, body: { paid: transaction } }
  },
}
