import mysql, { type Pool } from 'mysql2/promise'
import { connectionOptions, sessionSettings } from './session.ts'
import { assertThrowAway, type ThrowAwayServer } from './throw-away.ts'

/**
 * Opens a pool of connections that may write, as a web application has one. Only on a throw-away server: throws
 * NOT_THROW_AWAY on any other.
 */
export const openThrowAwayPool = async (server: ThrowAwayServer, connections: number): Promise<Pool> => {
  await assertThrowAway(server)
  const pool = mysql.createPool({ ...connectionOptions(server.address), connectionLimit: connections })
  // Queued on the new connection before whoever asked for it gets a turn.
  pool.on('connection', (connection) => void connection.query(sessionSettings))
  return pool
}
