import type { WriteSession } from '../../core/server/session.ts'
import type { ThrowAwayServer } from '../../core/server/throw-away.ts'
import { median } from '../../core/text/numbers.ts'
import { defaultRates, type KindRates } from './rates.ts'
import { emptyTable, type ScratchTables, scratchColumns, withScratchTables } from './scratch-tables.ts'

type TableStatement = (table: string) => string

// A middling width: a number and a text of about 25 bytes.
const indexUnits = 1 + (9 + 25) / 100
const addIndex =
  (name: string, columns: string): TableStatement =>
  (table) =>
    `ALTER TABLE ${table} ADD INDEX ${name} (${columns})`
const addCheck: TableStatement = (table) => `ALTER TABLE ${table} ADD CHECK ((a >= 0 OR a < 100))`
const analyze: TableStatement = (table) => `ANALYZE TABLE ${table}`

const spent = async (session: WriteSession, sql: string): Promise<number> => {
  const started = performance.now()
  await session.run(sql)
  return performance.now() - started
}

type Trial = (at: number) => Promise<number>

/** The middle of some tries: beside buyers one of three may stand in a queue for a second. */
const middleOf =
  (tries: number) =>
  async (attempt: Trial): Promise<number> => {
    const spentMs: number[] = []
    for (let at = 1; at <= tries; at++) spentMs.push(await attempt(at))
    return median(spentMs)
  }
type Middle = ReturnType<typeof middleOf>

const worthThreeTriesRows = 5_000
/** One try where no table has more than 5,000 rows: three would take longer than all that is to be estimated. */
const triesFor = (largestRows: number): number => (largestRows > worthThreeTriesRows ? 3 : 1)

/** ms for the same statement on each part, all at once. */
const together = async ({ connect, parts }: ScratchTables, statement: TableStatement): Promise<number> => {
  await using stack = new AsyncDisposableStack()
  const sessions: WriteSession[] = []
  for (const _ of parts) sessions.push(stack.use(await connect()))
  const started = performance.now()
  await Promise.all(parts.map(({ table }, at) => sessions[at]?.run(statement(table))))
  return performance.now() - started
}

/** How many of them the server takes on at once: at least one, at most all. */
export const sideBySideOf = (parts: number, aloneMs: number, togetherMs: number): number =>
  Math.min(parts, Math.max(1, (parts * aloneMs) / togetherMs))

// On few rows the difference can drown in what else the machine does.
const atLeast = (kind: 'index' | 'analyze', unitMs: number) => Math.max(unitMs, defaultRates[kind].unitMs / 4)

const calibrateIndex = async (scratch: ScratchTables, middle: Middle): Promise<KindRates> => {
  const { session, large, parts } = scratch
  const latencyMs = await middle((at) => spent(session, addIndex(`try_${at}`, 'a, s')(emptyTable)))
  const largeMs = await middle(async (at) => {
    const ms = await spent(session, addIndex(`try_${at}`, 'a, s')(large.table))
    // One stays: it is among the cells that ANALYZE reads.
    if (at > 1) await session.run(`ALTER TABLE ${large.table} DROP INDEX try_${at}`)
    return ms
  })
  const unitMs = atLeast('index', (largeMs - latencyMs) / (large.rows * indexUnits))
  const partMs = latencyMs + (parts[0]?.rows ?? 0) * indexUnits * unitMs
  const sideBySide = sideBySideOf(parts.length, partMs, await together(scratch, addIndex('tried', 'a, s')))
  return { latencyMs, unitMs, sideBySide }
}

// ANALYZE of an empty table writes no histograms, which is most of what it costs on a small one: so two sizes.
const calibrateAnalyze = async (scratch: ScratchTables, middle: Middle): Promise<KindRates> => {
  const { session, large, parts } = scratch
  const part = parts[0] ?? { table: emptyTable, rows: 0 }
  const partMs = await middle(() => spent(session, analyze(part.table)))
  const largeMs = await middle(() => spent(session, analyze(large.table)))
  // The columns, the primary key that is one of them, and the index that was added before.
  const cells = scratchColumns + 2
  const unitMs = atLeast('analyze', (largeMs - partMs) / (cells * Math.max(1, large.rows - part.rows)))
  const latencyMs = Math.max(0, partMs - part.rows * cells * unitMs)
  return {
    latencyMs,
    unitMs,
    sideBySide: sideBySideOf(parts.length, partMs, await middle(() => together(scratch, analyze))),
  }
}

interface Size {
  /** Rows of the largest table that is to be changed. */
  readonly largestRows: number
  /** How many tables are changed side by side. */
  readonly connections: number
}

const mostParts = 8
// A tenth of what the largest step has to do, so that the trial is never longer than what it tries.
const rowsFor = (largestRows: number) => Math.round(Math.min(10_000, Math.max(1_000, largestRows / 10)))

/**
 * Measures on a throw-away server how fast it adds an index and analyzes: on an empty table, on a large one, and on
 * several at once. Takes a few seconds. Throws NOT_THROW_AWAY.
 */
export const calibratePartA = (
  server: ThrowAwayServer,
  { largestRows, connections }: Size,
): Promise<{ index: KindRates; analyze: KindRates }> =>
  withScratchTables(
    server,
    { rows: rowsFor(largestRows), parts: Math.min(mostParts, connections) },
    async (scratch) => {
      const middle = middleOf(triesFor(largestRows))
      return {
        index: await calibrateIndex(scratch, middle),
        analyze: await calibrateAnalyze(scratch, middle),
      }
    },
  )

/**
 * Measures on a throw-away server how long it takes to add a CHECK to an empty table, and to several at once.
 * `unitMs` is what a row costs, which is known from reading. The switch must be ON. Throws NOT_THROW_AWAY.
 */
export const calibratePartB = (
  server: ThrowAwayServer,
  { largestRows, connections }: Size,
  unitMs: number,
): Promise<KindRates> => {
  const middle = middleOf(triesFor(largestRows))
  const parts = Math.min(mostParts, connections)
  return withScratchTables(server, { rows: parts, parts }, async (scratch) => {
    const { session } = scratch
    const latencyMs = await middle(() => spent(session, addCheck(emptyTable)))
    return {
      latencyMs,
      unitMs,
      sideBySide: sideBySideOf(parts, latencyMs, await together(scratch, addCheck)),
    }
  })
}
