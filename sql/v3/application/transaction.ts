import type { Pool, PoolConnection } from 'mysql2/promise'

/** Runs some work in one transaction of one connection: all of it, or nothing. */
export const inTransaction = async <T>(
  pool: Pool,
  work: (connection: PoolConnection) => Promise<T>,
): Promise<T> => {
  const connection = await pool.getConnection()
  try {
    await connection.beginTransaction()
    const result = await work(connection)
    await connection.commit()
    connection.release()
    return result
  } catch (error) {
    // A connection in an unknown state is no good for the next request; the server rolls back what it had begun.
    connection.destroy()
    throw error
  }
}
