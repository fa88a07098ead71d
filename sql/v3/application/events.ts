import type { Pool, RowDataPacket } from 'mysql2/promise'
import type { Route } from '../../../helpers/traffic/serve.ts'

// The data's clock stands still, and the machine's may be past its last event.
let now: string | undefined
const readNow = async (pool: Pool): Promise<string> => {
  const [rows] = await pool.query<RowDataPacket[]>(
    "SELECT MAX(start_datetime) - INTERVAL 90 DAY AS now FROM Event WHERE status = 'PUBLISHED'",
  )
  return String(rows[0]?.['now'])
}

const list = async (pool: Pool, condition: string, limit: number) => {
  now ??= await readNow(pool)
  const [rows] = await pool.query<RowDataPacket[]>(
    `SELECT e.event_id, e.event_name, e.start_datetime, e.banner_image_url, e.is_featured,
            e.total_capacity - e.sold_tickets AS available, v.venue_name, v.city,
            (SELECT /*+ NO_DECORRELATE() */ MIN(t.price) FROM TicketType t WHERE t.event_id = e.event_id AND t.is_active = 1) AS price_from
       FROM (SELECT * FROM Event WHERE status = 'PUBLISHED' AND deleted_at IS NULL AND ${condition} AND start_datetime > ?
              ORDER BY start_datetime LIMIT ${limit}) e
       JOIN Venue v ON v.venue_id = e.venue_id
      ORDER BY e.start_datetime`,
    [now],
  )
  return { status: 200, body: { events: rows } }
}

/** The events to come, soonest first. */
export const events: Route = {
  method: 'GET',
  path: '/api/events',
  answer: (pool) => list(pool, 'TRUE', 20),
}

/** The home page. */
export const featuredEvents: Route = {
  method: 'GET',
  path: '/api/events/featured',
  answer: (pool) => list(pool, 'is_featured = 1', 10),
}
