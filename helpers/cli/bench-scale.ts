import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { z } from 'zod'
import { type Growth, growthShape } from '../bench/growth/figures.ts'
import { measureScale } from '../bench/growth/measure-scale.ts'
import { growthText, queriesPlot, timesPlot } from '../bench/growth/page.ts'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot as root } from '../core/config/project.ts'
import type { Settings } from '../core/config/settings.ts'
import { variables } from '../core/config/variables.ts'
import { withAdvice } from '../core/errors/advice.ts'
import { HarnessError } from '../core/errors/harness-error.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { type Lock, readLock } from '../migrate/lock/lock.ts'
import { thisMachine } from '../report/machine.ts'
import { writePart } from '../report/page-part.ts'

const say = (line: string) => console.error(line)
const scaleNames = variables.SCALE.unwrap()

const argumentsShape = z.object({
  docs: z.string(),
  fresh: z.boolean(),
  scales: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(scaleNames)),
})

const readArguments = () => {
  const options = {
    docs: { type: 'string', default: join(root, 'docs') },
    fresh: { type: 'boolean', default: false },
    scales: { type: 'string', default: scaleNames.options.join(',') },
  } as const
  try {
    return argumentsShape.parse(parseArgs({ options }).values)
  } catch (cause) {
    throw new HarnessError('ARGUMENTS_INVALID', {
      what: `bench:scale does not understand ${process.argv.slice(2).join(' ')}.`,
      next: 'npm run bench:scale -- --scales small,medium --fresh',
      cause,
    })
  }
}

/** What an earlier run measured for this lock on this machine; undefined when it did not. */
const measured = (folder: RunFolder, scale: string, lock: Lock): Growth | undefined => {
  if (!folder.has(`${scale}.json`)) return undefined
  const growth = folder.read(`${scale}.json`, growthShape, 'bench:scale')
  return growth.lock === lock.hash && isDeepStrictEqual(growth.machine, thisMachine()) ? growth : undefined
}

const measureAll = async (): Promise<void> => {
  const { scales, fresh, docs } = readArguments()
  const settings: Settings = loadSettings(root, { ...process.env, TARGET: 'embedded', MODE: 'rehearse' })
  const migration = readMigration(settings.MIGRATION)
  const lock = readLock(migration)
  const folder = new RunFolder(join(resolve(root, settings.REPORTS_DIR), 'growth'))
  mkdirSync(folder.dir, { recursive: true })
  const started = performance.now()
  for (const scale of scales) {
    if (!fresh && measured(folder, scale, lock) !== undefined) {
      say(`${scale.padEnd(8)} is measured already: ${folder.path(`${scale}.json`)}`)
      continue
    }
    const own = { ...settings, SCALE: scale }
    const growth = await measureScale({ settings: own, migration, lock, reportsDir: folder.dir, say })
    folder.write(`${scale}.json`, growth)
    say(`${scale.padEnd(8)} in all           ${(growth.durationMs / 1000).toFixed(1).padStart(8)} s`)
  }
  const growths = scaleNames.options.flatMap((scale) => measured(folder, scale, lock) ?? [])
  writeFileSync(join(docs, 'growth-times.svg'), timesPlot(growths))
  writeFileSync(join(docs, 'growth-queries.svg'), queriesPlot(growths))
  const page = join(docs, 'benchmarks.md')
  writePart(page, 'growth', growthText(growths))
  say(
    `the figures are in ${folder.dir}, the page is ${page}; ${((performance.now() - started) / 1000).toFixed(0)} s in all`,
  )
}

try {
  await measureAll()
} catch (thrown) {
  const error = withAdvice(thrown)
  say(error instanceof HarnessError ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = 1
}
