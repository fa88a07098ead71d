import type { RowDataPacket } from 'mysql2/promise'
import type { Route } from '../../../helpers/traffic/serve.ts'

/** A user's orders, newest first. */
export const userOrders: Route = {
  method: 'GET',
  path: '/api/users/:user/orders',
  answer: async (pool, { params }) => {
    // Without the hint v7.5.0 counts the tickets of all orders first: 301 ms of 100,000 orders, 5 ms with it.
    const [orders] = await pool.query<RowDataPacket[]>(
      `SELECT o.order_id, o.order_code, o.order_status, o.final_amount, o.created_at,
              (SELECT /*+ NO_DECORRELATE() */ COUNT(*) FROM Ticket t WHERE t.order_id = o.order_id) AS tickets
         FROM \`Order\` o
        WHERE o.user_id = ? AND o.deleted_at IS NULL
        ORDER BY o.created_at DESC, o.order_id DESC LIMIT 20`,
      [Number(params['user'])],
    )
    return { status: 200, body: { orders } }
  },
}
