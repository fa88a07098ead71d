import type { Pool, RowDataPacket } from 'mysql2/promise'
import type { Route } from '../../../helpers/traffic/serve.ts'

const idsOf = async (pool: Pool, sql: string): Promise<number[]> => {
  const [rows] = await pool.query<RowDataPacket[]>(sql)
  return rows.map((row) => Number(row['id']))
}

/** Who buys and what is on sale to them: the rows of seed.sql. Other users are only looked at. */
export const shop: Route = {
  method: 'GET',
  path: '/api/shop',
  answer: async (pool) => ({
    status: 200,
    body: {
      buyers: await idsOf(
        pool,
        `SELECT user_id AS id FROM \`User\` WHERE email LIKE 'traffic.%' ORDER BY id`,
      ),
      types: await idsOf(
        pool,
        `SELECT ticket_type_id AS id FROM TicketType WHERE type_name LIKE 'Traffic %' ORDER BY id`,
      ),
      users: await idsOf(pool, 'SELECT user_id AS id FROM `User` ORDER BY id LIMIT 400'),
    },
  }),
}
