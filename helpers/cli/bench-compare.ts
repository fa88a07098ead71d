import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { compareWays } from '../bench/comparison/compare.ts'
import { barOf, comparisonShape, isBarMet, ratioOf } from '../bench/comparison/figures.ts'
import { comparisonText } from '../bench/comparison/page.ts'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot as root } from '../core/config/project.ts'
import type { Settings } from '../core/config/settings.ts'
import { variables } from '../core/config/variables.ts'
import { withAdvice } from '../core/errors/advice.ts'
import { HarnessError } from '../core/errors/harness-error.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { readLock } from '../migrate/lock/lock.ts'
import { writePart } from '../report/page-part.ts'

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
