import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Binary } from '../embedded/binary.ts'
import type { Engine } from '../embedded/engine.ts'
import { hashOfModules } from './modules.ts'

/** What is done once to a new server before its data is kept. */
export interface Preparation {
  /** What is in it then, for a person. */
  readonly about: string
  /** All that decides what is in it then, apart from the server itself. */
  readonly inputs: Readonly<Record<string, string>>
  /** What `fill` returns, as it must be when it is read back. */
  readonly figures: z.ZodType
  /** Fills the server. What it returns is kept with the data, as JSON. */
  fill(engine: Engine): Promise<unknown>
}

/** A server with nothing but its own tables, its token's and no data. */
export const emptyServer: Preparation = {
  about: 'an empty server',
  inputs: {},
  figures: z.null(),
  fill: async () => null,
}

/** The shape of the figures as an input: what was kept with another one is not read. */
export const figuresKey = ({ figures }: Preparation): string => JSON.stringify(z.toJSONSchema(figures))

const hashes = new Map<string, Promise<string>>()

const hashOfFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 4 << 20 }), hash)
  return hash.digest('hex')
}

const identityOf = ({ path, source }: Binary): Promise<string> => {
  // The folder of a binary that was built here is named after all that it was built from.
  if (source === 'cache' || source === 'build') return Promise.resolve(basename(dirname(path)))
  const known = hashes.get(path) ?? hashOfFile(path)
  hashes.set(path, known)
  return known
}

/** What of the server and of the harness that starts it decides what is in its data directory. */
export const serverInputs = async (binary: Binary): Promise<Record<string, string>> => ({
  server: await identityOf(binary),
  harness: hashOfModules([
    join(import.meta.dirname, 'prepare-server.ts'),
    join(import.meta.dirname, '../../process/program.ts'),
  ]),
  platform: `${process.platform} ${process.arch}`,
  // A new server writes down the time zone that it finds, and keeps to it.
  timeZone: process.env['TZ'] || Intl.DateTimeFormat().resolvedOptions().timeZone,
})
