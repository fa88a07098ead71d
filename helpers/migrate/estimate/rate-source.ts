import type { RunFolder } from '../../core/record/run-folder.ts'
import type { ReadSession } from '../../core/server/session.ts'
import type { ThrowAwayServer } from '../../core/server/throw-away.ts'
import type { Phase } from '../step/step.ts'
import { calibratePartA, calibratePartB } from './calibrate.ts'
import { readMeasured, recordMeasured } from './measured.ts'
import { checkRowMs, defaultRates, type MeasuredRates, type Rates, scaledTo, type WorkKind } from './rates.ts'
import { measureReadRow } from './read-rate.ts'
import type { TableFacts } from './table-facts.ts'

export interface RateRequest {
  readonly session: ReadSession
  readonly phase: Phase
  readonly kinds: ReadonlySet<WorkKind>
  readonly facts: ReadonlyMap<string, TableFacts>
  readonly connections: number
}

export interface RateResult {
  readonly rates: Rates
  /** Where the rates come from, for a person. */
  readonly from: string
}

/** Tells how fast the server is, and how that is known. */
export type RateSource = (question: RateRequest) => Promise<RateResult>

/** Tries statements out on the server itself, once for Part A and once for Part B; a later phase takes what the run measured. */
export const calibratedRates = (
  server: ThrowAwayServer,
  run: RunFolder,
  say: (line: string) => void,
): RateSource => {
  const tried = new Set<'A' | 'B'>()
  const tryOut = async (part: 'A' | 'B', measure: () => Promise<MeasuredRates>) => {
    if (tried.has(part)) return
    tried.add(part)
    const started = performance.now()
    recordMeasured(run, await measure())
    say(
      `tried out in ${((performance.now() - started) / 1000).toFixed(1)} s, on tables of its own, how fast this server is`,
    )
  }
  return async ({ session, phase, kinds, facts, connections }) => {
    const readRow = async () => (await measureReadRow(session, facts)) ?? defaultRates.readRowMs
    const largestRows = Math.max(0, ...[...facts.values()].map(({ rows }) => rows))
    if (phase === 'apply' && (kinds.has('index') || kinds.has('analyze')))
      await tryOut('A', async () => ({
        readRowMs: await readRow(),
        ...(await calibratePartA(server, { largestRows, connections })),
      }))
    if (phase === 'apply' && kinds.has('constraint'))
      await tryOut('B', async () => {
        const readRowMs = await readRow()
        return {
          readRowMs,
          constraint: await calibratePartB(server, { largestRows, connections }, checkRowMs(readRowMs)),
        }
      })
    const measured = readMeasured(run)
    const isWhole = [...kinds].every((kind) => measured[kind] !== undefined)
    return {
      rates: {
        readRowMs: measured.readRowMs ?? defaultRates.readRowMs,
        index: measured.index ?? defaultRates.index,
        analyze: measured.analyze ?? defaultRates.analyze,
        constraint: measured.constraint ?? defaultRates.constraint,
      },
      from: isWhole ? 'tried out on this server' : 'defaults, measured on 2 idle cores',
    }
  }
}

const micros = (ms: number) => `${(ms * 1000).toFixed(1)} µs`

/** The rates that a rehearsal measured, when, and on which engine. */
export interface RehearsedRates {
  readonly rates: Rates
  readonly rehearsedAt: string
  readonly engine: string
}

/** Takes the rates of the rehearsal, or defaults, and asks the target only how fast it reads: once, and before its first answer. */
export const rehearsedRates = (find: () => RehearsedRates | undefined): RateSource => {
  let read: Promise<number | undefined> | undefined
  return async ({ session, facts }) => {
    const rehearsed = find()
    const rates = rehearsed?.rates ?? defaultRates
    read ??= measureReadRow(session, facts)
    const readRowMs = (await read) ?? rates.readRowMs
    const origin =
      rehearsed === undefined
        ? 'defaults, measured on 2 idle cores; a rehearsal would measure better ones'
        : `the rehearsal of ${rehearsed.rehearsedAt} on ${rehearsed.engine}`
    return {
      rates: scaledTo(rates, readRowMs),
      from: `${origin}; this server reads a row in ${micros(readRowMs)}, that one in ${micros(rates.readRowMs)}`,
    }
  }
}
