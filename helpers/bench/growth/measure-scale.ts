import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Settings } from '../../core/config/settings.ts'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { RunFolder } from '../../core/record/run-folder.ts'
import { openReadSession, type ServerAddress } from '../../core/server/session.ts'
import { startEngineFor } from '../../core/server/start.ts'
import { readCheckSwitch } from '../../core/server/switch.ts'
import { applyConstraints, applyIndexes } from '../../migrate/apply/apply.ts'
import { plannedSteps } from '../../migrate/apply/planned.ts'
import { rollBack } from '../../migrate/apply/rollback.ts'
import { quietRunner } from '../../migrate/apply/steps/quiet-runner.ts'
import { estimatorFor } from '../../migrate/estimate/estimator.ts'
import { calibratedRates } from '../../migrate/estimate/rate-source.ts'
import { truthOfRun } from '../../migrate/estimate/truth.ts'
import { type Migration, statementsOf } from '../../migrate/folder/migration.ts'
import type { Lock } from '../../migrate/lock/lock.ts'
import { thisMachine } from '../../report/machine.ts'
import { prepareDatabase } from '../../run/prepare/prepare.ts'
import { measure, type SampleBudget } from '../../verify/benchmark/measure.ts'
import { guideClaims } from '../../verify/claims/guide-claim.ts'
import { bindQuery, type GuideQuery, guideQueriesOf } from '../../verify/queries/queries.ts'
import { timeCheck } from './check-run.ts'
import { type Growth, ordersOf } from './figures.ts'

const sampleBudget: SampleBudget = { budgetMs: 5_000, atLeast: 20, atMost: 100 }

interface ScaleOptions {
  readonly settings: Settings
  readonly migration: Migration
  readonly lock: Lock
  readonly reportsDir: string
  readonly say: (line: string) => void
}

const p95Of = async (address: ServerAddress, queries: readonly GuideQuery[]): Promise<number[]> => {
  await using session = await openReadSession(address)
  const found: number[] = []
  for (const query of queries)
    found.push((await measure(session, await bindQuery(session, query), sampleBudget)).p95)
  return found
}

/** Loads, checks, applies and rolls back at the scale of the settings, on an engine of its own, and times each. */
export const measureScale = async (options: ScaleOptions): Promise<Growth> => {
  const { settings, migration, lock, reportsDir, say } = options
  const startedAt = new Date()
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<[T, number]> => {
    const started = performance.now()
    const result = await work()
    const ms = Math.round(performance.now() - started)
    say(`${settings.SCALE.padEnd(8)} ${name.padEnd(16)} ${(ms / 1000).toFixed(1).padStart(8)} s`)
    return [result, ms]
  }
  await using engine = await startEngineFor(settings, () => {})
  const [loaded] = await timed('baseline and data', () =>
    prepareDatabase(engine, migration, { ...settings, say }),
  )
  if (loaded === undefined) {
    throw new HarnessError('NO_GENERATOR', {
      what: `${migration.place} has no data generator, so it has no scales.`,
      next: 'Run bench:scale on a migration with data/index.ts, such as MIGRATION=v3.',
    })
  }
  const address = { ...engine.address, database: migration.database }
  await using session = await openReadSession(address)
  const { version } = await session.row(z.object({ version: z.string() }), 'SELECT VERSION() AS version')
  const check = await timeCheck(address, version, migration.dir, reportsDir)
  say(`${settings.SCALE.padEnd(8)} MODE=check       ${(check / 1000).toFixed(1).padStart(8)} s`)
  const claimed = guideClaims(migration, 'plan').map(({ name }) => name)
  const queries = guideQueriesOf(migration, lock).filter(({ name }) => claimed.includes(name))
  const [before] = await timed('queries before', () => p95Of(address, queries))
  const folder = await mkdtemp(join(tmpdir(), 'growth-'))
  try {
    const run = new RunFolder(folder)
    const server = { ...engine, address }
    const estimator = estimatorFor({
      ...{ server, added: lock.adds.indexes, connections: settings.CONNECTIONS },
      rates: calibratedRates(server, run, () => {}),
    })
    const runner = { ...quietRunner(server, run, settings), estimator }
    // What it tries out on the server is no part of apply's time.
    await timed('estimate', async () => {
      for (const part of ['indexes', 'constraints'] as const)
        for (const group of await plannedSteps(session, lock, { part, speed: runner.speed }))
          await estimator.estimate(group)
    })
    const remedies = statementsOf(migration, 'remedies')
    const switchOn = await readCheckSwitch(session)
    const [, apply] = await timed('apply', async () => {
      await applyIndexes(runner, lock, remedies, 'apply')
      await applyConstraints(runner, lock, remedies, 'apply')
    })
    const { estimatedMs, tookMs = Number.NaN } = truthOfRun(run) ?? { estimatedMs: Number.NaN }
    const [after] = await timed('queries after', () => p95Of(address, queries))
    const [, rollback] = await timed('rollback', () => rollBack(runner, lock, switchOn))
    return {
      schemaVersion: 1,
      scale: settings.SCALE,
      orders: ordersOf[settings.SCALE],
      rows: loaded.rows,
      migration: migration.name,
      lock: lock.hash,
      server: version,
      machine: thisMachine(),
      startedAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      times: { load: Math.round(loaded.durationMs), check, apply, rollback },
      estimate: { estimatedMs, tookMs },
      queries: queries.map(({ name, title }, at) => ({
        name,
        title,
        p95: { before: before[at] ?? Number.NaN, after: after[at] ?? Number.NaN },
      })),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
