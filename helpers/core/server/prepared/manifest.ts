import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'

export const preparedManifestFile = 'manifest.json'

const fileShape = z.object({ path: z.string(), bytes: z.number(), crc32: z.number() })
type FileFacts = z.infer<typeof fileShape>

const preparedManifestShape = z.object({
  /** What is in it, for a person. */
  about: z.string(),
  /** All that decided what the data directory holds. */
  inputs: z.record(z.string(), z.string()),
  preparedAt: z.iso.datetime(),
  /** How long the preparation took, in ms. */
  durationMs: z.number(),
  /** What the preparation said of itself. */
  figures: z.unknown(),
  files: z.array(fileShape),
})
/** What stands beside a prepared data directory. */
export type PreparedManifest = z.infer<typeof preparedManifestShape>

const writtenShape = preparedManifestShape.extend({ checksum: z.number() })

// Like the files, what stands in the manifest itself may be damaged and still be JSON.
const checksumOf = (manifest: PreparedManifest): number => crc32(JSON.stringify(manifest))

/** The text of a manifest, with a checksum over all of it. */
export const manifestText = (manifest: PreparedManifest): string => {
  // Read back as readPreparedManifest reads it, because JSON has no undefined and the order of fields counts.
  const read = preparedManifestShape.parse(JSON.parse(JSON.stringify(manifest)))
  return JSON.stringify({ ...read, checksum: checksumOf(read) }, null, 2)
}

/** The name of the entry for these inputs; another value of any of them is another name. */
export const cacheKeyOf = (inputs: Readonly<Record<string, string>>): string => {
  const sorted = Object.entries(inputs).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16)
}

/** Reads the manifest of an entry. Throws when there is none, or it is torn or changed. */
export const readPreparedManifest = async (entry: string): Promise<PreparedManifest> => {
  const text = await readFile(join(entry, preparedManifestFile), 'utf8')
  const read = writtenShape.safeParse(JSON.parse(text))
  if (!read.success) throw new Error(`${preparedManifestFile} is not complete`)
  const { checksum, ...manifest } = read.data
  if (checksumOf(manifest) !== checksum) throw new Error(`${preparedManifestFile} was changed`)
  return manifest
}

const filesIn = async (folder: string): Promise<string[]> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter((item) => !item.isDirectory())
    .map((item) => relative(folder, join(item.parentPath, item.name)).replaceAll('\\', '/'))
    .toSorted()
}

const checksumOfFile = async (path: string): Promise<number> => {
  let sum = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 4 << 20 })) sum = crc32(chunk, sum)
  return sum
}

/** Size and checksum of all files of a folder. */
export const factsOf = async (folder: string): Promise<FileFacts[]> => {
  const facts: FileFacts[] = []
  for (const path of await filesIn(folder)) {
    const full = join(folder, path)
    facts.push({ path, bytes: (await stat(full)).size, crc32: await checksumOfFile(full) })
  }
  return facts
}

/** In what a folder is not what its manifest says, in a few words; undefined when it is. Reads every byte. */
export const dataDamageOf = async (
  folder: string,
  files: readonly FileFacts[],
): Promise<string | undefined> => {
  const [there, wanted] = [await filesIn(folder), files.map(({ path }) => path)]
  const missing = wanted.find((path) => !there.includes(path))
  if (missing !== undefined) return `${missing} is missing`
  const added = there.find((path) => !wanted.includes(path))
  if (added !== undefined) return `${added} was added`
  for (const { path, bytes } of files) {
    const { size } = await stat(join(folder, path))
    if (size !== bytes) return `${path} has ${size} bytes instead of ${bytes}`
  }
  for (const { path, crc32: sum } of files)
    if ((await checksumOfFile(join(folder, path))) !== sum) return `${path} was changed`
  return undefined
}
