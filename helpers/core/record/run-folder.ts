import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { z } from 'zod'
import { HarnessError, messageOf } from '../errors/harness-error.ts'

const notWritten = (path: string, cause: unknown): HarnessError =>
  new HarnessError('REPORT_NOT_WRITTEN', {
    what: `${path} cannot be written: ${messageOf(cause)}`,
    why: 'Nothing is changed on a server that cannot be put on record.',
    next: 'Make room or fix the rights there, or set REPORTS_DIR to another folder.',
    cause,
  })

const writing = <T>(path: string, write: () => T): T => {
  try {
    return write()
  } catch (cause) {
    throw notWritten(path, cause)
  }
}

const lastCharacterOf = (path: string): string => {
  const { size } = statSync(path)
  if (size === 0) return ''
  const file = openSync(path, 'r')
  try {
    const last = Buffer.alloc(1)
    readSync(file, last, 0, 1, size - 1)
    return last.toString('latin1')
  } finally {
    closeSync(file)
  }
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The folder that a run leaves behind. What one spec learns and a later one needs goes through it. */
export class RunFolder {
  readonly dir: string

  constructor(dir: string) {
    this.dir = dir
  }

  path(name: string): string {
    return join(this.dir, name)
  }

  has(name: string): boolean {
    return existsSync(this.path(name))
  }

  /** Writes JSON whole or not at all. Throws REPORT_NOT_WRITTEN. */
  write(name: string, value: unknown): void {
    const text = writing(this.path(name), () => `${JSON.stringify(value, null, 2)}\n`)
    this.writeText(name, text)
  }

  /** Writes a text whole or not at all. Throws REPORT_NOT_WRITTEN. */
  writeText(name: string, text: string): void {
    const path = this.path(name)
    writing(path, () => {
      writeFileSync(`${path}.part`, text)
      renameSync(`${path}.part`, path)
    })
  }

  /** When a file was last written (ms since 1970); undefined when it is not there. */
  writtenAt(name: string): number | undefined {
    return statSync(this.path(name), { throwIfNoEntry: false })?.mtimeMs
  }

  /** Appends one JSON line, and returns when it is in the file. Throws REPORT_NOT_WRITTEN. */
  append(name: string, value: unknown): void {
    const path = this.path(name)
    writing(path, () => {
      // A line that a full disk or a power cut has torn must not swallow this one.
      const isTorn = existsSync(path) && !['', '\n'].includes(lastCharacterOf(path))
      appendFileSync(path, `${isTorn ? '\n' : ''}${JSON.stringify(value)}\n`, { flush: true })
    })
  }

  /** Reads what an earlier spec wrote. Throws SECTION_MISSING when it did not run in this run. */
  read<T>(name: string, shape: z.ZodType<T>, writtenBy: string): T {
    if (!this.has(name)) throw sectionMissing(writtenBy, `it leaves ${name}`)
    return shape.parse(JSON.parse(readFileSync(this.path(name), 'utf8')))
  }

  /** All lines of a .jsonl file; none when it does not exist. A line torn by a kill or a full disk is left out. */
  lines<T>(name: string, shape: z.ZodType<T>): T[] {
    if (!this.has(name)) return []
    const complete = readFileSync(this.path(name), 'utf8').split('\n').slice(0, -1)
    return complete.flatMap((line) => {
      const value = parsed(line)
      return value === undefined ? [] : [shape.parse(value)]
    })
  }
}

/** The error of a spec that runs without what it stands on. */
export const sectionMissing = (section: string, why: string): HarnessError =>
  new HarnessError('SECTION_MISSING', {
    what: `The section ${section} has not run to its end in this run.`,
    why: `This section stands on it: ${why}.`,
    next: 'Run the whole suite: npx vitest run',
    fields: { section },
  })

/** Creates reports/<time>-<target>-<mode>/ and points reports/latest to it. Throws REPORT_NOT_WRITTEN. */
export const createRunFolder = (
  reportsDir: string,
  target: string,
  mode: string,
  now = new Date(),
): RunFolder => {
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-')
  const wanted = join(resolve(reportsDir), `${time}-${target}-${mode}`)
  return writing(wanted, () => {
    mkdirSync(resolve(reportsDir), { recursive: true })
    let dir = wanted
    for (let copy = 2; existsSync(dir); copy++) dir = `${wanted}-${copy}`
    mkdirSync(dir)
    const latest = join(resolve(reportsDir), 'latest')
    rmSync(latest, { force: true })
    symlinkSync(basename(dir), latest)
    return new RunFolder(dir)
  })
}
