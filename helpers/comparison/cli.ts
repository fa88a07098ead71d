import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { loadSettings } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { variables } from '../config/variables.ts'
import { withAdvice } from '../errors/advice.ts'
import { HarnessError } from '../errors/harness-error.ts'
import { readLock } from '../migration/lock/lock.ts'
import { readMigration } from '../migration/migration.ts'
import { writePart } from '../report/page-part.ts'
import { RunFolder } from '../run/run-folder.ts'
import { compareWays } from './compare.ts'
import { barOf, comparisonShape, isBarMet, ratioOf } from './figures.ts'
import { comparisonText } from './page.ts'

const root = resolve(import.meta.dirname, '../..')
const say = (line: string) => console.error(line)

const usage = 'npm run bench:compare -- --scales small,standard --rounds 5'
const argumentsShape = z.object({
  docs: z.string(),
  rounds: z.coerce.number().int().min(1).max(100),
  scales: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(variables.SCALE.unwrap())),
})

const readArguments = () => {
  const options = {
    docs: { type: 'string', default: join(root, 'docs') },
    rounds: { type: 'string', default: '5' },
    scales: { type: 'string', default: 'small,standard' },
  } as const
  try {
    return argumentsShape.parse(parseArgs({ options }).values)
  } catch (cause) {
    throw new HarnessError('ARGUMENTS_INVALID', {
      what: `bench:compare does not understand ${process.argv.slice(2).join(' ')}.`,
      next: usage,
      cause,
    })
  }
}

const compareAt = async (settings: Settings, rounds: number, folder: RunFolder): Promise<void> => {
  const migration = readMigration(settings.MIGRATION)
  const comparison = await compareWays({ settings, migration, lock: readLock(migration), rounds, say })
  folder.write(`${settings.SCALE}.json`, comparison)
  const [bar, ratio] = [barOf(settings.SCALE), ratioOf(comparison, 'harness', 'mysql')]
  if (ratio === undefined) return
  const isMet = isBarMet(comparison)
  say(
    `${settings.SCALE}: the harness takes ${ratio.median.toFixed(2)} of the guide's time${bar === undefined ? '' : `, bar ${bar}: ${isMet ? 'met' : 'NOT met'}`}; ${Math.round(comparison.durationMs / 1000)} s in all`,
  )
  if (isMet === false) process.exitCode = 1
}

const compareAll = async (): Promise<void> => {
  const { rounds, scales, docs } = readArguments()
  const settings = loadSettings(root, { ...process.env, TARGET: 'embedded', MODE: 'rehearse' })
  const folder = new RunFolder(join(resolve(root, settings.REPORTS_DIR), 'comparison'))
  mkdirSync(folder.dir, { recursive: true })
  for (const scale of scales) await compareAt({ ...settings, SCALE: scale }, rounds, folder)
  const known = variables.SCALE.unwrap().options.filter((scale) => folder.has(`${scale}.json`))
  const comparisons = known.map((scale) => folder.read(`${scale}.json`, comparisonShape, 'bench:compare'))
  const page = join(docs, 'benchmarks.md')
  writePart(page, 'comparison', comparisonText(comparisons))
  say(`the figures are in ${folder.dir}, the page is ${page}`)
}

try {
  await compareAll()
} catch (thrown) {
  const error = withAdvice(thrown)
  say(error instanceof HarnessError ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = 1
}
