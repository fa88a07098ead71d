import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRowHashes } from '../helpers/integrity/row-hash.ts'
import { readMigration } from '../helpers/migration/migration.ts'
import { prepareDatabase } from '../helpers/run/prepare.ts'
import { readSnapshot } from '../helpers/schema/read-snapshot.ts'
import { findEngineBinary } from '../helpers/target/embedded/binary.ts'
import { type Engine, startEngine } from '../helpers/target/embedded/engine.ts'
import { openReadSession } from '../helpers/target/session.ts'
import { writePass } from './pass.ts'
import { type Outcome, runSuite } from './suite.ts'
import { drillDatabase, engineSettings } from './world.ts'

const killsOfRun = 20
const killsOfServer = 5

let folder: string
let engine: Engine
let undisturbed: unknown
let baseline: unknown
let applyMs = 0
const counts = { runKilled: 0, serverKilled: 0, finished: 0, atSteps: [] as number[] }

const binary = async (): Promise<string> => {
  const found = await findEngineBinary(engineSettings, () => {})
  if (found === undefined) throw new Error('no engine')
  return found.path
}
const start = async (token?: string) => {
  engine = await startEngine({
    binary: await binary(),
    dataDir: join(folder, 'server'),
    keepData: true,
    ...(token === undefined ? {} : { token }),
  })
}

const state = async () => {
  await using session = await openReadSession({ ...engine.address, database: drillDatabase })
  const schema = await readSnapshot(session)
  return { schema, rows: await readRowHashes(session, schema.tables) }
}

const run = (mode: 'apply' | 'rollback', killWhen?: () => boolean): Promise<Outcome> =>
  runSuite(
    [],
    {
      TARGET: 'prod',
      MODE: mode,
      DATABASE_URL: `mysql://root:@127.0.0.1:${engine.address.port}/${drillDatabase}`,
      ALLOW_PLAINTEXT: '1',
      MINIMUM_RELEASE: '7.5.0',
      CONFIRM: drillDatabase,
      BACKUP_EVIDENCE: 'drill',
      REPORTS_DIR: join(folder, 'reports'),
    },
    killWhen === undefined ? {} : { killWhen },
  )

const stepsSeen = (): number =>
  globSync(`reports/applied/${drillDatabase}-v3-*/steps.jsonl`, { cwd: folder })
    .filter((file) => !file.includes('rolled-back'))
    .map((file) => readFileSync(join(folder, file), 'utf8').split('"running"').length - 1)
    .at(0) ?? 0

/** True from a random moment between the first step and the last of an apply on. */
const atRandom = (): (() => boolean) => {
  const delay = Math.random() * applyMs
  let firstStepAt: number | undefined
  return () => {
    if (firstStepAt === undefined && stepsSeen() > 0) firstStepAt = performance.now()
    return firstStepAt !== undefined && performance.now() - firstStepAt >= delay
  }
}

/** The next run finishes, to the very state of an undisturbed one; then a rollback to the very state of before. */
const expectFinished = async () => {
  counts.atSteps.push(stepsSeen())
  const next = await run('apply')
  expect(next.red, next.tail).toEqual([])
  expect(await state()).toEqual(undisturbed)
  const back = await run('rollback')
  expect(back.red, back.tail).toEqual([])
  expect(await state()).toEqual(baseline)
  counts.finished++
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drill-kill-'))
  await start()
  await prepareDatabase(engine, readMigration('v3'), {
    SEED: 20_260_120,
    SCALE: 'small',
    CONNECTIONS: 4,
    TRAFFIC: 'off',
    say: () => {},
  })
  baseline = await state()
  await writePass(join(folder, 'reports'))
  const applied = await run('apply')
  expect(applied.red, applied.tail).toEqual([])
  applyMs =
    applied.summary?.timings
      .filter(({ part }) => /^0[45]/.test(part))
      .reduce((sum, { durationMs }) => sum + durationMs, 0) ?? 0
  undisturbed = await state()
  const back = await run('rollback')
  expect(back.red, back.tail).toEqual([])
  expect(await state()).toEqual(baseline)
})

afterAll(async () => {
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
  console.log(
    `  apply takes ${(applyMs / 1000).toFixed(1)} s from its first step. Killed: the run ${counts.runKilled} times, the server ${counts.serverKilled} times,\n  with ${counts.atSteps.join(', ')} steps sent. The next run finished ${counts.finished} of ${counts.runKilled + counts.serverKilled} times, with schema and rows as undisturbed.`,
  )
})

describe('the run is killed with SIGKILL', () => {
  test.for(Array.from({ length: killsOfRun }, (_, at) => at + 1))('time %i', async () => {
    const killed = await run('apply', atRandom())
    counts.runKilled++
    expect(killed.exitCode).not.toBe(0)
    await expectFinished()
  })
})

describe('the server is killed with SIGKILL and started again', () => {
  test.for(Array.from({ length: killsOfServer }, (_, at) => at + 1))('time %i', async () => {
    const when = atRandom()
    const running = run('apply')
    while (!when()) await sleep(10)
    const { token, pid } = engine
    process.kill(pid, 'SIGKILL')
    counts.serverKilled++
    const cut = await running
    expect(cut.exitCode).not.toBe(0)
    await engine.stop()
    await start(token)
    await expectFinished()
  })
})
