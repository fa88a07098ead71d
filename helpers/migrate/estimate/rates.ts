import { z } from 'zod'

const kindShape = z.object({
  /** ms for a statement on a table with hardly a row. */
  latencyMs: z.number(),
  /** ms for one unit of work; see work.ts for what a unit is. */
  unitMs: z.number(),
  /** How many such statements the server takes on at once before each of them gets slower. */
  sideBySide: z.number(),
})
export type KindRates = z.infer<typeof kindShape>

export const ratesShape = z.object({
  /** ms to read a row of the target's largest table: what one server can be compared with another by. */
  readRowMs: z.number(),
  index: kindShape,
  analyze: kindShape,
  constraint: kindShape,
})
/** How fast a server does what the migration asks of it. */
export type Rates = z.infer<typeof ratesShape>

const workKinds = ['index', 'analyze', 'constraint'] as const
export type WorkKind = (typeof workKinds)[number]

/** True for the kinds of steps that go through the rows of a table. */
export const isWorkKind = (kind: string): kind is WorkKind => workKinds.some((name) => name === kind)

/** What is measured of a run's server, as far as it was. */
export const measuredShape = ratesShape.partial()
export type MeasuredRates = z.infer<typeof measuredShape>

/** The embedded v7.5.0 on 2 idle cores with 526,168 rows: two applies of V3 took 37.6 s and 48.7 s, these rates give 41 s. */
export const defaultRates: Rates = {
  readRowMs: 0.0006,
  index: { latencyMs: 300, unitMs: 0.02, sideBySide: 1.4 },
  analyze: { latencyMs: 200, unitMs: 0.002, sideBySide: 1.4 },
  constraint: { latencyMs: 100, unitMs: 0.0012, sideBySide: 1.2 },
}

// ADD CHECK reads every row once and evaluates the clause: about twice what only reading it takes.
const checkPerRead = 2

/** What a row costs ADD CHECK, from what it costs to read one: a short test is over before it shows. */
export const checkRowMs = (readRowMs: number): number => readRowMs * checkPerRead

/** The rates of one server on another that reads rows at `readRowMs`. Latencies stay: a read says nothing of them. */
export const scaledTo = (rates: Rates, readRowMs: number): Rates => {
  const slower = readRowMs / rates.readRowMs
  const scale = (kind: KindRates): KindRates => ({ ...kind, unitMs: kind.unitMs * slower })
  return {
    readRowMs,
    index: scale(rates.index),
    analyze: scale(rates.analyze),
    constraint: scale(rates.constraint),
  }
}
