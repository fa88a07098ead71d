import type { RunFolder } from '../../core/record/run-folder.ts'
import { type MeasuredRates, measuredShape, type Rates, ratesShape } from './rates.ts'

const calibrationFile = 'calibration.json'

/** What was measured of the run's server so far. */
export const readMeasured = (run: RunFolder): MeasuredRates =>
  run.has(calibrationFile) ? run.read(calibrationFile, measuredShape, 'indexes') : {}

export const recordMeasured = (run: RunFolder, measured: MeasuredRates): void =>
  run.write(calibrationFile, { ...readMeasured(run), ...measured })

/** All rates of the run's server; undefined unless each of them was measured. */
export const allMeasured = (run: RunFolder): Rates | undefined => ratesShape.safeParse(readMeasured(run)).data
