import { loadSettings } from '../core/config/load.ts'
import { projectRoot } from '../core/config/project.ts'
import { messageOf } from '../core/errors/harness-error.ts'
import { clearEntries, type Entry, listEntries, preparedFolder } from '../core/server/prepared/entries.ts'

const gb = (bytes: number): string => (bytes / 1_000_000_000).toFixed(2)
const time = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ')

const line = ({ key, bytes, usedAt, manifest }: Entry): string =>
  `  ${key}  ${gb(bytes).padStart(6)} GB  prepared ${time(new Date(manifest.preparedAt))}  last used ${time(new Date(usedAt))}  ${manifest.about}`

const list = async (folder: string, maxGb: number): Promise<void> => {
  const entries = await listEntries(folder)
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0)
  console.log(`${entries.length} prepared servers in ${folder}, ${gb(total)} of ${maxGb} GB (PREPARED_GB)`)
  for (const entry of entries) console.log(line(entry))
}

const clear = async (folder: string): Promise<void> => {
  console.log(`${await clearEntries(folder)} prepared servers cleared from ${folder}`)
}

// Lists the prepared servers, or takes all of them away: `npm run cache`, `npm run cache -- clear`.
try {
  const { ENGINE_CACHE, PREPARED_GB } = loadSettings(projectRoot, {
    ...process.env,
    TARGET: 'embedded',
    MODE: '',
  })
  const folder = preparedFolder(ENGINE_CACHE)
  const words = process.argv.slice(2)
  if (words.length === 0) await list(folder, PREPARED_GB)
  else if (words.join(' ') === 'clear') await clear(folder)
  else throw new Error(`there is no "${words.join(' ')}"; use: npm run cache, or npm run cache -- clear`)
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
