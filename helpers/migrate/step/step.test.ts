import { describe, expect, test } from 'vitest'
import { latestSteps, planStep, settingStep, stepShape, tablesOf } from './step.ts'

const variable = 'tidb_ddl_reorg_worker_cnt'

describe('a step', () => {
  test('has an id of its own for each state, and the same name', () => {
    const table = { table: 'Order', name: '' }
    const steps = [
      settingStep('apply', variable, '7'),
      settingStep('apply', variable, '4', 'this run'),
      settingStep('apply', variable, '4', 'an earlier run'),
      planStep('apply', 'analyze', table, 'ANALYZE TABLE `Order`'),
      planStep('apply', 'analyze', table, 'ANALYZE TABLE `Order`', { attempt: 2 }),
      planStep('apply', 'analyze', table, 'ANALYZE TABLE `Order`', { attempt: 3 }),
    ]
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length)
    expect(new Set(steps.map(({ name }) => name))).toEqual(new Set([variable, '']))
    expect(latestSteps(steps)).toEqual(steps)
  })

  test('that sets a variable says which, to what, and whether it puts it back', () => {
    expect(settingStep('apply', variable, '4', 'this run')).toEqual({
      id: `apply:setting:${variable} as before`,
      phase: 'apply',
      kind: 'setting',
      table: '',
      name: variable,
      value: '4',
      restores: 'this run',
      sql: `SET GLOBAL ${variable} = 4`,
      status: 'planned',
      warnings: [],
    })
    expect(settingStep('apply', variable, '7').id).toBe(`apply:setting:${variable} 7`)
  })

  test('of several tables names each, a comma in a name or not', () => {
    const several = planStep('apply', 'analyze', { table: ['a, b', 'c'], name: '' }, 'ANALYZE')
    expect(several).toMatchObject({ id: 'apply:analyze:a, b, c', table: 'a, b, c', tables: ['a, b', 'c'] })
    expect(tablesOf(several)).toEqual(['a, b', 'c'])
    const one = planStep('apply', 'analyze', { table: ['a, b'], name: '' }, 'ANALYZE')
    expect(one).not.toHaveProperty('tables')
    expect(tablesOf(one)).toEqual(['a, b'])
    const index = planStep('apply', 'index', { table: 'a, b', name: 'i' }, 'ALTER')
    expect(stepShape.parse(index)).toEqual(index)
  })

  test('comes back from JSON as it was', () => {
    const step = settingStep('apply', variable, '4', 'an earlier run')
    expect(stepShape.parse(JSON.parse(JSON.stringify(step)))).toEqual(step)
  })
})

describe('a line of an earlier version', () => {
  const line = { phase: 'apply', table: '', warnings: [], at: '2026-01-02T03:04:05.000Z' }

  test.each([
    [
      'of a setting',
      { kind: 'setting', name: `${variable} 7`, sql: `SET GLOBAL ${variable} = 7`, status: 'running' },
      { name: variable, value: '7', restores: undefined },
    ],
    [
      'of its way back',
      {
        kind: 'setting',
        name: `${variable} as before`,
        sql: `SET GLOBAL ${variable} = 4`,
        status: 'planned',
      },
      { name: variable, value: '4', restores: 'this run' },
    ],
    [
      'of a repeated ANALYZE',
      { kind: 'analyze', table: 'Order', name: 'again 2', sql: 'ANALYZE TABLE `Order`', status: 'done' },
      { table: 'Order', name: '', attempt: 3 },
    ],
    [
      'of an ANALYZE of several tables',
      { kind: 'analyze', table: 'Order, Event', name: '', sql: 'ANALYZE', status: 'done' },
      { table: 'Order, Event', tables: ['Order', 'Event'] },
    ],
    [
      'of a failure',
      { kind: 'index', table: 'Order', name: 'again 2', sql: 'ALTER', status: 'failed', error: '1062: no' },
      { name: 'again 2', attempt: undefined, failure: { code: 'STEP_FAILED', what: '1062: no' } },
    ],
  ])('%s says the same, under the id that it had', (_, old, says) => {
    const id = `apply:${old.kind}:${old.name}`
    const step = stepShape.parse({ ...line, ...old, id })
    expect(step).toMatchObject({ id, sql: old.sql, status: old.status })
    expect(step).toMatchObject(
      Object.fromEntries(Object.entries(says).filter(([, value]) => value !== undefined)),
    )
    for (const [key, value] of Object.entries(says))
      if (value === undefined) expect(step).not.toHaveProperty(key)
  })

  test('and of this one for the same setting are the same step', () => {
    const old = stepShape.parse({
      ...{ ...line, kind: 'setting', name: `${variable} as before`, status: 'planned' },
      ...{ id: `apply:setting:${variable} as before`, sql: `SET GLOBAL ${variable} = 4` },
    })
    expect(old).toEqual({ ...settingStep('apply', variable, '4', 'this run'), at: line.at })
  })
})
