import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { compareWays } from '../bench/comparison/compare.ts'
import { barOf, isBarMet, ratioOf, wayComparisonShape } from '../bench/comparison/figures.ts'
import { comparisonText } from '../bench/comparison/page.ts'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot as root } from '../core/config/project.ts'
import type { Settings } from '../core/config/settings.ts'
import { variables } from '../core/config/variables.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { readLock } from '../migrate/lock/lock.ts'
import { writePart } from '../report/page-part.ts'
import { runAsCommand } from './command.ts'

const say = (line: string) => console.error(line)

const optionsShape = z.object({
  docs: z.string().min(1),
  rounds: z.coerce.number().int().min(1).max(100),
  scales: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(variables.SCALE.unwrap())),
})

const compareAt = async (settings: Settings, rounds: number, folder: RunFolder): Promise<void> => {
  const migration = readMigration(settings.MIGRATION, settings.SQL_DIR)
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

const compareAll = async ({ rounds, scales, docs }: z.infer<typeof optionsShape>): Promise<void> => {
  const settings = loadSettings(root, { ...process.env, TARGET: 'embedded', MODE: 'rehearse' })
  const folder = new RunFolder(join(resolve(root, settings.REPORTS_DIR), 'comparison'))
  mkdirSync(folder.dir, { recursive: true })
  for (const scale of scales) await compareAt({ ...settings, SCALE: scale }, rounds, folder)
  const known = variables.SCALE.unwrap().options.filter((scale) => folder.has(`${scale}.json`))
  const comparisons = known.map((scale) => folder.read(`${scale}.json`, wayComparisonShape, 'bench:compare'))
  const page = join(docs, 'benchmarks.md')
  writePart(page, 'comparison', comparisonText(comparisons))
  say(`the figures are in ${folder.dir}, the page is ${page}`)
}

await runAsCommand({
  name: 'bench:compare',
  description:
    "Times the whole migration by the harness and by the guide's own way, and writes docs/benchmarks.md",
  options: {
    docs: { type: 'string', default: join(root, 'docs'), description: 'the folder of benchmarks.md' },
    rounds: { type: 'string', default: '5', description: 'how often each way runs, 1 to 100' },
    scales: { type: 'string', default: 'small,standard', description: 'sizes of the data, with commas' },
  },
  shape: optionsShape,
  example: 'npm run bench:compare -- --scales small,standard --rounds 5',
  run: compareAll,
})
