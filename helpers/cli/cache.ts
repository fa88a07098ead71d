import { basename } from 'node:path'
import { z } from 'zod'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot } from '../core/config/project.ts'
import {
  type CacheEntry,
  clearEntries,
  type Leftover,
  listEntries,
  listLeftovers,
  preparedFolder,
} from '../core/server/prepared/entries.ts'
import { sum } from '../core/text/numbers.ts'
import { runAsCommand } from './command.ts'

const gb = (bytes: number): string => (bytes / 1_000_000_000).toFixed(2)
const dateTime = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ')

const line = ({ key, bytes, usedAt, manifest }: CacheEntry): string =>
  `  ${key}  ${gb(bytes).padStart(6)} GB  prepared ${dateTime(new Date(manifest.preparedAt))}  last used ${dateTime(new Date(usedAt))}  ${manifest.about}`

const leftoverLine = ({ path, bytes, state }: Leftover): string =>
  `  ${basename(path).slice(0, 16)}  ${gb(bytes).padStart(6)} GB  ${state}`

const list = async (folder: string, maxGb: number): Promise<void> => {
  const [entries, leftovers] = [await listEntries(folder), await listLeftovers(folder)]
  const total = sum([...entries, ...leftovers].map(({ bytes }) => bytes))
  console.log(`${entries.length} prepared servers in ${folder}, ${gb(total)} of ${maxGb} GB (PREPARED_GB)`)
  for (const entry of entries) console.log(line(entry))
  for (const leftover of leftovers) console.log(leftoverLine(leftover))
}

const clear = async (folder: string): Promise<void> => {
  console.log(`${await clearEntries(folder)} folders of prepared servers cleared from ${folder}`)
}

await runAsCommand({
  name: 'cache',
  description: 'Lists the prepared servers that are kept, or takes all of them away',
  options: { clear: { type: 'boolean', default: false, description: 'Take all of them away' } },
  shape: z.object({ clear: z.boolean() }),
  example: 'npm run cache, or npm run cache -- --clear',
  run: async ({ clear: isCleared }) => {
    const { ENGINE_CACHE, PREPARED_GB } = loadSettings(projectRoot, {
      ...process.env,
      TARGET: 'embedded',
      MODE: '',
    })
    const folder = preparedFolder(ENGINE_CACHE)
    await (isCleared ? clear(folder) : list(folder, PREPARED_GB))
  },
})
