import mysql, {
  type Connection,
  type ConnectionOptions,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2/promise'
import { z } from 'zod'
import { assertReadOnly } from './read-only.ts'

/** Where a server listens and who asks. Holds a password: never print it whole. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database?: string
  /** TLS 1.2 or later, with the host's name verified; `ca` is the text of a PEM file. Plain when left out. */
  readonly tls?: { readonly ca?: string }
}

/** How a connection is set up, whatever server it leads to. */
export interface SessionOptions {
  /** No SELECT may run for longer: max_execution_time, in seconds. No limit when left out. */
  readonly statementSeconds?: number
  /** `binary` sends each character of a statement as one byte: for a file read as latin1, which then arrives as it is. */
  readonly charset?: 'binary'
}

/** A server, and how every connection to it is set up. */
export interface Endpoint {
  readonly address: ServerAddress
  readonly sessionOptions?: SessionOptions
}

/** One row of SHOW WARNINGS. */
export interface ServerWarning {
  readonly level: string
  readonly code: number
  readonly message: string
}

/** `Warning 1105: …`, as the server's own client shows it. */
export const describeWarning = ({ level, code, message }: ServerWarning): string =>
  `${level} ${code}: ${message}`

export type SqlValue = string | number | bigint | boolean | null
export type SqlParams = SqlValue[] | { [name: string]: SqlValue }

/** A connection that can only read: anything but SELECT, SHOW, EXPLAIN, ADMIN SHOW and ADMIN CHECK throws. */
export interface ReadSession extends AsyncDisposable {
  readonly connectionId: number
  /** All rows, each checked against `shape`. Throws the server's error, or a ZodError on another shape. */
  rows<T>(shape: z.ZodType<T>, sql: string, params?: SqlParams): Promise<T[]>
  /** The first row; throws when there is none. */
  row<T>(shape: z.ZodType<T>, sql: string, params?: SqlParams): Promise<T>
  /** Sets a variable of this session only. */
  setSession(name: string, value: string | number): Promise<void>
}

/** A connection that may write. Only `openWriteSession` and the loader make one. */
export interface WriteSession extends ReadSession {
  /** Runs one statement and returns the server's warnings, read on this same connection. */
  run(sql: string, params?: SqlParams): Promise<{ affectedRows: number; warnings: ServerWarning[] }>
  /** Runs a script of several statements; the server does the parsing. Stops at the first error. */
  script(sql: string): Promise<void>
  /** The first row of a statement that answers and does more than read, such as SELECT GET_LOCK(…). */
  ask<T>(shape: z.ZodType<T>, sql: string, params?: SqlParams): Promise<T>
}

const warningRow = z.object({ Level: z.string(), Code: z.number(), Message: z.string() })

/** How every connection of the harness is made: with the target's TLS, and with dates and numbers as they are. */
export const connectionOptions = (
  address: ServerAddress,
  { charset }: SessionOptions = {},
): ConnectionOptions => ({
  host: address.host,
  port: address.port,
  user: address.user,
  password: address.password,
  ...(address.database === undefined ? {} : { database: address.database }),
  ...(address.tls === undefined
    ? {}
    : { ssl: { ...address.tls, minVersion: 'TLSv1.2', rejectUnauthorized: true, verifyIdentity: true } }),
  charset: charset ?? 'utf8mb4',
  timezone: 'Z',
  dateStrings: true,
  supportBigNumbers: true,
  bigNumberStrings: false,
  namedPlaceholders: true,
  connectTimeout: 10_000,
  enableKeepAlive: true,
  // Without a delay the kernel's own counts, which begins after two hours; firewalls forget a line after minutes.
  keepAliveInitialDelay: 30_000,
})

const connect = (
  address: ServerAddress,
  options: SessionOptions,
  multipleStatements: boolean,
): Promise<Connection> =>
  mysql.createConnection({ ...connectionOptions(address, options), multipleStatements })

/** What every connection of the harness sets before anything else. */
export const sessionSettings = `SET SESSION
  autocommit = 1, sql_select_limit = 18446744073709551615, time_zone = '+00:00',
  sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO'`

const setUp = async (connection: Connection, { statementSeconds }: SessionOptions): Promise<number> => {
  // Always: whoever reads without a limit must not get the server's own, which would end a backup of a large table.
  await connection.query('SET SESSION max_execution_time = ?', [(statementSeconds ?? 0) * 1000])
  // With a global autocommit = OFF our own reads would hold the metadata lock that our DDL waits for; with a global
  // sql_select_limit a schema would seem to lack what is there; a server's own time zone or sql_mode must not change
  // what a hash or a comparison reads.
  await connection.query(sessionSettings)
  const [rows] = await connection.query<RowDataPacket[]>('SELECT CONNECTION_ID() AS id')
  return Number(rows[0]?.['id'])
}

// The server ends a SELECT at max_execution_time, but not ADMIN CHECK TABLE (seen on v7.5.0): that is given up here.
const graceMs = 2_000

/** Ends a statement that nobody waits for any more: the server would go on with it, whatever became of its connection. */
const endStatement = async (address: ServerAddress, connectionId: number): Promise<void> => {
  const connection = await connect(address, {}, false)
  try {
    await connection.query(`KILL TIDB CONNECTION ${connectionId}`)
  } finally {
    connection.destroy()
  }
}

const isGivenUp = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'PROTOCOL_SEQUENCE_TIMEOUT'

const reader = (
  address: ServerAddress,
  connection: Connection,
  connectionId: number,
  { statementSeconds }: SessionOptions,
): ReadSession => {
  const limit = statementSeconds === undefined ? {} : { timeout: statementSeconds * 1000 + graceMs }
  const rows = async <T>(shape: z.ZodType<T>, sql: string, params: SqlParams = []): Promise<T[]> => {
    assertReadOnly(sql)
    const [found] = await connection
      .query<RowDataPacket[]>({ sql, values: params, ...limit })
      .catch(async (error: unknown) => {
        // The first error is the one to show: where it cannot be ended, the server does so in the end.
        if (isGivenUp(error)) await endStatement(address, connectionId).catch(() => undefined)
        throw error
      })
    // ADMIN CHECK TABLE answers with "OK" and no rows at all.
    return z.array(shape).parse(Array.isArray(found) ? found : [])
  }
  return {
    connectionId,
    rows,
    row: async (shape, sql, params) => {
      const [first] = await rows(shape, sql, params)
      if (first === undefined) throw new Error(`no row came back from: ${sql}`)
      return first
    },
    setSession: async (name, value) => {
      await connection.query(`SET SESSION ${mysql.escapeId(name, true)} = ?`, [value])
    },
    // end() waits for the server's goodbye and hangs on a server that was killed.
    [Symbol.asyncDispose]: async () => connection.destroy(),
  }
}

/** Opens a connection that can only read. Throws the driver's error when the server does not answer in 10 s. */
export const openReadSession = async (
  address: ServerAddress,
  options: SessionOptions = {},
): Promise<ReadSession> => {
  const connection = await connect(address, options, false)
  return reader(address, connection, await setUp(connection, options), options)
}

/**
 * Opens a connection that may write. Callers hold the proof that the target may be written to. With `oneByOne` a text of
 * several statements is a syntax error.
 */
export const openRawWriteSession = async (
  address: ServerAddress,
  { oneByOne = false, ...options }: SessionOptions & { readonly oneByOne?: boolean } = {},
): Promise<WriteSession> => {
  const connection = await connect(address, options, !oneByOne)
  const read = reader(address, connection, await setUp(connection, options), options)
  return {
    ...read,
    run: async (sql, params = []) => {
      const [result] = await connection.query<ResultSetHeader>(sql, params)
      const warnings = result.warningStatus > 0 ? await read.rows(warningRow, 'SHOW WARNINGS') : []
      return {
        affectedRows: result.affectedRows,
        warnings: warnings.map(({ Level, Code, Message }) => ({
          level: Level,
          code: Code,
          message: Message,
        })),
      }
    },
    ask: async (shape, sql, params = []) => {
      const [rows] = await connection.query<RowDataPacket[]>(sql, params)
      return shape.parse(rows[0])
    },
    script: async (sql) => {
      // Without values the driver looks for named placeholders, and finds them in a comment such as "at 10:30".
      await connection.query(sql, [])
    },
  }
}
