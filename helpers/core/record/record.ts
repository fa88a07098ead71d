import type { z } from 'zod'
import { type RunFileName, runFiles } from './files.ts'
import type { RunFolder } from './run-folder.ts'

/** One JSON file of a run: the last value that was written counts. */
export interface RunRecord<T> {
  readonly name: string
  has(run: RunFolder): boolean
  /** Throws SECTION_MISSING, with its writer, when it is not there. */
  read(run: RunFolder): T
  /** The same, or undefined when it is not there. */
  find(run: RunFolder): T | undefined
  /** Writes it whole or not at all. Throws REPORT_NOT_WRITTEN. */
  write(run: RunFolder, value: T): void
}

/** One file of JSON lines of a run. */
export interface RunLog<T> {
  readonly name: string
  has(run: RunFolder): boolean
  /** All lines in the order of writing; none when the file is not there. */
  read(run: RunFolder): T[]
  /** Returns when the line is in the file. Throws REPORT_NOT_WRITTEN. */
  append(run: RunFolder, value: T): void
}

type PerName = Extract<RunFileName, `${string}<name>${string}`>
type LogName = Extract<RunFileName, `${string}.jsonl`>
type SingleName = Exclude<RunFileName, PerName | LogName>

const recordIn = <T>(name: string, writer: string, shape: z.ZodType<T>): RunRecord<T> => {
  const read = (run: RunFolder) => run.read(name, shape, writer)
  const has = (run: RunFolder) => run.has(name)
  return {
    name,
    has,
    read,
    find: (run) => (has(run) ? read(run) : undefined),
    write: (run, value) => run.write(name, value),
  }
}

/** Defines the one record of this name. */
export const record = <T>(name: SingleName, shape: z.ZodType<T>): RunRecord<T> =>
  recordIn(name, runFiles[name].writer, shape)

/** Defines the records of this name, one for each `<name>`. */
export const recordPer =
  <T>(pattern: PerName, shape: z.ZodType<T>) =>
  (name: string): RunRecord<T> =>
    recordIn(pattern.replace('<name>', name), runFiles[pattern].writer.replace('<name>', name), shape)

/** Defines the one log of this name. */
export const log = <T>(name: LogName, shape: z.ZodType<T>): RunLog<T> => ({
  name,
  has: (run) => run.has(name),
  read: (run) => run.lines(name, shape),
  append: (run, value) => run.append(name, value),
})
