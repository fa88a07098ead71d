// The server was stopped, or the statement was killed: neither says what became of a DDL job.
const interrupted = [1053, 1317]

/** True when the server itself said no. A lost connection says nothing: the server goes on with a DDL (#71046). */
export const isRefusedByServer = (thrown: unknown): boolean => {
  const number = serverErrorNumber(thrown)
  return number !== undefined && number > 0 && !interrupted.includes(number)
}

/** The server's error number (3819, 1064, …), or undefined when the thrown value is no server error. */
export const serverErrorNumber = (thrown: unknown): number | undefined =>
  thrown instanceof Error && 'errno' in thrown && typeof thrown.errno === 'number' ? thrown.errno : undefined

// The driver gives this one no code of its own.
const closed = /when connection is in closed state/

/** The server's number, or the driver's word (ECONNREFUSED, …); undefined for what is neither. */
export const errorCode = (thrown: unknown): number | string | undefined => {
  const number = serverErrorNumber(thrown)
  if (number !== undefined && number > 0) return number
  if (!(thrown instanceof Error)) return undefined
  if (closed.test(thrown.message)) return 'CONNECTION_CLOSED'
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}

// ErrAdminCheckTable, and what TiDB says where rows and index entries do not agree.
const inconsistent = [8003, 8133, 8134, 8138, 8139, 8140, 8141, 8223]
const executionTimeExceeded = 3024

/** True when the server found that a table and an index of it disagree. */
export const isInconsistency = (thrown: unknown): boolean =>
  inconsistent.includes(serverErrorNumber(thrown) ?? 0)

/** True when a statement was given up because it took too long, by the server or by the driver. */
export const isTimeout = (thrown: unknown): boolean =>
  serverErrorNumber(thrown) === executionTimeExceeded || errorCode(thrown) === 'PROTOCOL_SEQUENCE_TIMEOUT'
