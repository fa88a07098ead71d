import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import { z } from 'zod'
import type { Answer, Route } from '../../../helpers/traffic/serve.ts'
import { inTransaction } from './transaction.ts'

const wishShape = z.object({
  /** The buyer's own code, so that a purchase without an answer can be looked for. */
  purchase: z.string().max(40),
  user: z.number().int(),
  type: z.number().int(),
  quantity: z.number().int().min(1).max(10),
})
type Wish = z.infer<typeof wishShape>

interface TicketType extends RowDataPacket {
  event_id: number
  price: string
}
interface Buyer extends RowDataPacket {
  full_name: string
  email: string
}

const soldOut: Answer = { status: 409, body: { error: 'sold out' } }

const run = async (connection: PoolConnection, sql: string, values: unknown[]): Promise<ResultSetHeader> => {
  const [result] = await connection.query<ResultSetHeader>(sql, values)
  return result
}

/** Takes the tickets off the type and the event, if there are as many left. */
const reserve = async (
  connection: PoolConnection,
  event: number,
  { type, quantity }: Wish,
): Promise<boolean> => {
  const ofType = await run(
    connection,
    `UPDATE TicketType SET sold_quantity = sold_quantity + ?
      WHERE ticket_type_id = ? AND is_active = 1 AND sold_quantity + ? <= quantity`,
    [quantity, type, quantity],
  )
  const ofEvent = await run(
    connection,
    `UPDATE Event SET sold_tickets = sold_tickets + ?
      WHERE event_id = ? AND status = 'PUBLISHED' AND sold_tickets + ? <= total_capacity`,
    [quantity, event, quantity],
  )
  return ofType.affectedRows === 1 && ofEvent.affectedRows === 1
}

class SoldOut extends Error {}

const sell = async (connection: PoolConnection, wish: Wish): Promise<Answer> => {
  const [[type]] = await connection.query<TicketType[]>(
    'SELECT event_id, price FROM TicketType WHERE ticket_type_id = ? FOR UPDATE',
    [wish.type],
  )
  const [[buyer]] = await connection.query<Buyer[]>('SELECT full_name, email FROM `User` WHERE user_id = ?', [
    wish.user,
  ])
  if (type === undefined || buyer === undefined)
    return { status: 404, body: { error: 'no such buyer or ticket type' } }
  if (!(await reserve(connection, type.event_id, wish))) throw new SoldOut()
  const amount = Number(type.price) * wish.quantity
  const order = await run(
    connection,
    `INSERT INTO \`Order\` (user_id, order_code, total_amount, final_amount, customer_name, customer_email)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [wish.user, wish.purchase, amount, amount, buyer.full_name, buyer.email],
  )
  const tickets = Array.from({ length: wish.quantity }, (_, n) => [
    order.insertId,
    wish.type,
    `${wish.purchase}-${n + 1}`,
    type.price,
    buyer.full_name,
    buyer.email,
  ])
  await run(
    connection,
    'INSERT INTO Ticket (order_id, ticket_type_id, ticket_code, price, holder_name, holder_email) VALUES ?',
    [tickets],
  )
  await run(
    connection,
    `INSERT INTO Payment (order_id, payment_code, payment_method, transaction_id, amount) VALUES (?, ?, 'MOMO', ?, ?)`,
    [order.insertId, wish.purchase, wish.purchase, amount],
  )
  return { status: 201, body: { purchase: wish.purchase, order: order.insertId, transaction: wish.purchase } }
}

/** Buys tickets: type, event, order, tickets and payment change together or not at all. */
export const buy: Route = {
  method: 'POST',
  path: '/api/orders',
  answer: async (pool, { body }) => {
    const wish = wishShape.parse(body)
    try {
      return await inTransaction(pool, (connection) => sell(connection, wish))
    } catch (error) {
      if (error instanceof SoldOut) return soldOut
      throw error
    }
  },
}
