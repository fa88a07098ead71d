import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { passOf } from '../../../drills/support/pass.ts'
import { withDatabase } from '../../../drills/support/test-server.ts'
import { RunFolder } from '../../core/record/run-folder.ts'
import { openRawWriteSession, openReadSession, type ServerAddress } from '../../core/server/session.ts'
import { findRehearsedRates } from '../../gate/rehearsal-pass.ts'
import { analyzeLoaded } from '../data/analyze.ts'
import { planStep, type Step } from '../step/step.ts'
import { estimatorFor } from './estimator.ts'
import { rehearsedRates } from './rate-source.ts'
import { defaultRates } from './rates.ts'

let stack: AsyncDisposableStack
let address: ServerAddress
let folder: RunFolder
const rates = { ...defaultRates, readRowMs: 1e-9, index: { latencyMs: 7_000, unitMs: 1e-12, sideBySide: 2 } }

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'test-rates-'))
  stack.defer(() => rmSync(dir, { recursive: true }))
  folder = new RunFolder(dir)
  address = stack.use(await withDatabase('Rates')).address
  const admin = stack.use(await openRawWriteSession(address))
  await admin.script(`CREATE TABLE T (id INT PRIMARY KEY, a INT); ANALYZE TABLE T`)
  folder.write('pass.json', passOf({ rates }))
  folder.write('old.json', passOf())
  folder.write('edited.json', { ...passOf({ rates }), rates: defaultRates })
  folder.write('broken.json', 'no pass')
})
afterAll(() => stack.disposeAsync())

const steps = (phase: Step['phase'] = 'apply') =>
  ['a', 'b'].map((name) =>
    planStep(phase, 'index', { table: 'T', name }, `ALTER TABLE T ADD INDEX ${name} (a)`),
  )
const estimate = (file: string, of: readonly Step[]) =>
  estimatorFor({
    address,
    added: [],
    connections: 4,
    rates: rehearsedRates(() => findRehearsedRates(folder.path(file))),
  }).estimate(of)

describe('on a target of somebody`s own', () => {
  test('the rates are those of the rehearsal', async () => {
    const { totalMs, from, steps: estimated } = await estimate('pass.json', steps())
    expect(totalMs).toBe(14_000)
    expect(estimated.map(({ estimateMs }) => estimateMs)).toEqual([7_000, 7_000])
    expect(from).toMatch(
      /^the rehearsal of \d{4}-.* on 8\.0\.11-TiDB-v7\.5\.0; this server reads a row in .* µs/,
    )
  })

  test.each(['missing.json', 'old.json', 'edited.json', 'broken.json'])(
    'they are defaults, and it says so, with the pass %s',
    async (file) => {
      const { totalMs, from } = await estimate(file, steps())
      expect(totalMs).toBe(2 * defaultRates.index.latencyMs)
      expect(from).toMatch(/^defaults, measured on 2 idle cores; a rehearsal would measure better ones/)
    },
  )

  test('how fast it reads counts', async () => {
    await using admin = await openRawWriteSession(address)
    await admin.run(
      'INSERT INTO T SELECT ROW_NUMBER() OVER (), 1 FROM information_schema.columns a, information_schema.schemata b LIMIT 20000',
    )
    await analyzeLoaded(admin, ['T'])
    const { works } = await estimate('pass.json', steps())
    // The pass is of a server that takes a billionth of a ms for a row.
    expect(works[0]?.rows).toBe(20_000)
    expect(works[0]?.rowMs).toBeGreaterThan(rates.index.unitMs * 1_000)
    await using session = await openReadSession(address)
    expect(
      await session.rows(z.unknown(), "SHOW DATABASES LIKE 'migration\\_harness\\_calibration'"),
    ).toEqual([])
  })

  test('what is dropped has no rows to go through', async () => {
    expect((await estimate('pass.json', steps('rollback'))).works[0]).toMatchObject({
      rows: 0,
      latencyMs: 7_000,
    })
  })

  test('no step, or a switch, needs no look at the server', async () => {
    const nowhere = estimatorFor({
      address: { ...address, port: 1 },
      added: [],
      connections: 4,
      rates: rehearsedRates(() => undefined),
    })
    expect(await nowhere.estimate([])).toMatchObject({ totalMs: 0, steps: [] })
    const [turn] = [planStep('apply', 'switch', { table: '', name: 'x' }, 'SET GLOBAL x = ON')]
    expect((await nowhere.estimate([turn])).totalMs).toBe(10)
  })
})
