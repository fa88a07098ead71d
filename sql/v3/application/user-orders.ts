import type { RowDataPacket } from 'mysql2/promise'
import type { Route } from '../../../helpers/traffic/serve.ts'

/** A user's orders, newest first. */
export const userOrders: Route = {
  method: 'GET',
  path: '/api/users/:user/orders',
  answer: async (pool, { params }) => {
    const [orders] = await pool.query<RowDataPacket[]>(
      `SELECT o.order_id, o.order_code, o.order_status, o.final_amount, o.created_at,
              (SELECT COUNT(*) FROM Ticket t WHERE t.order_id = o.order_id) AS tickets
         FROM \`Order\` o
        WHERE o.user_id = ? AND o.deleted_at IS NULL
        ORDER BY o.created_at DESC, o.order_id DESC LIMIT 20`,
      [Number(params['user'])],
    )
    return { status: 200, body: { orders } }
  },
}
