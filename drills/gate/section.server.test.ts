import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { runSections, type SectionResults } from '../support/inner-sections.ts'
import { testServer } from '../support/test-server.ts'
import { openTestSchema, type TestSchema } from '../support/test-shapes.ts'

const rowsShape = z.object({ rows: z.number() })
const names = ['budget', 'thrownAway', 'written', 'probed'] as const
let schema: TestSchema
let found: Record<(typeof names)[number], SectionResults> & Disposable

const reading = `const { check } = section('preflight', {})
check('few', 'few', async () => {}, { reads: ['Few'] })
check('many', 'many', async () => {}, { reads: ['Few', 'MANY'] })
check('asks-few', 'asks few', async () => {}, { asks: 'SELECT * FROM Few' })
check('asks-many', 'asks many', async () => {}, { asks: 'SELECT COUNT(*) FROM Many' })
check('asks-nothing', 'a broken query', async () => { throw new Error('it was asked') }, { asks: 'SELECT x FROM gone' })`
const writing = `const { check, write } = section('preflight', {})
check('a', 'a', () => write((session) => session.run('INSERT INTO Few VALUES (9)')))`
const probing = `const { check, probing } = section('preflight', {})
check('a', 'a', () => probing(async (session) => {
  await session.run('BEGIN')
  await session.run('INSERT INTO Few VALUES (8)')
  await session.run('ROLLBACK')
}))`

beforeAll(async () => {
  schema = await openTestSchema(
    'section',
    `CREATE TABLE Few (id INT PRIMARY KEY);
CREATE TABLE Many (id INT PRIMARY KEY);
INSERT INTO Few VALUES (1), (2);
INSERT INTO Many VALUES ${Array.from({ length: 200 }, (_, n) => `(${n})`).join(', ')};
ANALYZE TABLE Few, Many`,
  )
  const { address } = schema
  found = await runSections({
    budget: { mode: 'check', address, sections: { preflight: reading } },
    thrownAway: {
      mode: 'rehearse',
      token: testServer().token,
      address,
      sections: { preflight: reading },
    },
    written: { mode: 'rehearse', address, sections: { preflight: writing } },
    probed: { mode: 'check', address, settings: { PROBE: '1' }, sections: { preflight: probing } },
  })
}, 120_000)
afterAll(async () => {
  found[Symbol.dispose]()
  await schema[Symbol.asyncDispose]()
})

const stateOf = (name: (typeof names)[number]) =>
  Object.fromEntries(Object.entries(found[name].checks).map(([id, { status }]) => [id, status]))

test('a check in MODE=check that would read more rows than the budget is skipped, and says so', () => {
  expect(stateOf('budget')).toEqual({
    'preflight.few': 'passed',
    'preflight.many': 'skipped',
    'preflight.asks-few': 'passed',
    'preflight.asks-many': 'skipped',
    // A query that cannot be explained is asked, so that the check says why.
    'preflight.asks-nothing': 'failed',
  })
  const says = /it would read about \d+ rows, more than CHECK_BUDGET_ROWS=100; set that higher to run it/
  expect(found.budget.checks['preflight.many']?.reason).toMatch(says)
  expect(found.budget.checks['preflight.asks-many']?.reason).toMatch(
    /it would read about \d+ rows, more than CHECK_BUDGET_ROWS=100/,
  )
})

test('on a throw-away server nothing is counted', () => {
  expect(stateOf('thrownAway')).toMatchObject({ 'preflight.many': 'passed', 'preflight.asks-many': 'passed' })
})

test('without a token and a permit nothing is written', () => {
  expect(found.written.checks['preflight.a']).toMatchObject({
    status: 'failed',
    reason: expect.stringMatching(/^NOT_THROW_AWAY/),
  })
})

test('a probe is rolled back', async () => {
  expect(stateOf('probed')).toEqual({ 'preflight.a': 'passed' })
  const { rows } = await schema.read.row(rowsShape, 'SELECT COUNT(*) AS `rows` FROM Few')
  expect(rows).toBe(2)
})
