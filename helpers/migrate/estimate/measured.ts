import { record } from '../../core/record/record.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import { type MeasuredRates, measuredShape, type Rates, ratesShape } from './rates.ts'

const calibrationRecord = record('calibration.json', measuredShape)

/** What was measured of the run's server so far. */
export const readMeasured = (run: RunFolder): MeasuredRates => calibrationRecord.find(run) ?? {}

export const recordMeasured = (run: RunFolder, measured: MeasuredRates): void =>
  calibrationRecord.write(run, { ...readMeasured(run), ...measured })

/** All rates of the run's server; undefined unless each of them was measured. */
export const allMeasured = (run: RunFolder): Rates | undefined => ratesShape.safeParse(readMeasured(run)).data
