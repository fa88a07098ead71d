import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { runSections, type Scenario, type SectionResults } from '../support/inner-sections.ts'

const green = "check('a', 'a', async () => {})"
const red = "check('a', 'a', async () => { throw new Error('no good') })"
const sectionOf = (name: string, options: string, body = green) =>
  `const { check } = section('${name}', ${options})\n${body}`
const preflight = (body: string) => ({ preflight: sectionOf('preflight', '{}', body) })
const indexes = { indexes: sectionOf('indexes', "{ needs: ['preflight'], needsToChange: ['backup'] }") }
const backup = (body: string) => ({ backup: sectionOf('backup', "{ needs: ['preflight'] }", body) })
const constraints = { constraints: sectionOf('constraints', "{ needs: ['indexes'] }") }
const inMode = (mode: Scenario['mode'], sections: object, rest: Partial<Scenario> = {}): Scenario => ({
  ...{ mode, token: 'token', sections: { ...sections } },
  ...rest,
})
const theirs = { token: null, hasPermit: true }
const some = `${green}
check('filtered', 'filtered out', async () => {})
check(['item', 'x'], 'an item', async ({ show, claim, skip }) => {
  show({ rows: 3 })
  claim({ claim: 'it is so', verdict: 'held', measured: '3' })
  skip('nothing to do')
})`
const afterOnly = "check('a', 'a', async () => {}, { afterOnly: true })"
const standing = (side: string) => `const { check, run } = section('preflight', {})
run.write('standing.json', { side: '${side}', present: [], missing: [], different: [] })
${afterOnly}`
const modes = "check('a', 'a', async () => {}, { modes: ['rehearse'] })"
const probing = `const { check, probing } = section('preflight', {})
check('a', 'a', () => probing(async () => {}))`

const slowThenLong = `const { check, read } = section('preflight', {})
check('a', 'a', async () => { await new Promise((go) => setTimeout(go, 300)) }, { timeoutMs: 100 })
check('b', 'b', async () => { await new Promise((go) => setTimeout(go, 600)) })`

const scenarios = {
  timedOut: inMode('rehearse', { preflight: slowThenLong, ...indexes }),
  green: inMode('rehearse', { ...preflight(green), ...indexes, ...constraints }),
  red: inMode('rehearse', { ...preflight(red), ...indexes, ...constraints }),
  missing: inMode('rehearse', { ...indexes }),
  evidence: inMode('rehearse', preflight(some)),
  permitted: inMode('apply', { ...preflight(green), ...backup(green), ...indexes }, theirs),
  noBackup: inMode('apply', { ...preflight(green), ...indexes }, theirs),
  badBackup: inMode('apply', { ...preflight(green), ...backup(red), ...indexes, ...constraints }, theirs),
  thrownAway: inMode('apply', { ...preflight(green), ...backup(red), ...indexes }),
  checked: inMode('check', { ...indexes, preflight: sectionOf('preflight', "{ modes: ['apply'] }") }),
  checkedOne: inMode('check', preflight(modes)),
  expectAfter: inMode('check', preflight(afterOnly), { settings: { EXPECT: 'after' } }),
  notApplied: inMode('check', { preflight: standing('before') }),
  applied: inMode('check', { preflight: standing('between') }),
  rolledBack: inMode('rollback', { ...preflight(red), ...indexes, ...backup(green) }, theirs),
  rollbackRed: inMode('rollback', { ...preflight(green), ...backup(red), ...indexes }, theirs),
  rollbackAlone: inMode('rollback', { ...constraints }, theirs),
  notAsked: inMode('check', { preflight: probing }),
} as const

let found: Record<keyof typeof scenarios, SectionResults> & Disposable
beforeAll(async () => {
  found = await runSections(scenarios)
}, 120_000)
afterAll(() => found[Symbol.dispose]())

const statusShape = z.object({ status: z.string(), registered: z.number(), finished: z.number() })
const statusOf = (of: SectionResults, section: string) =>
  of.run.read(`section-${section}.json`, statusShape, section)
const passed = { status: 'passed', reason: '' }
const skipped = (reason: string) => ({ status: 'skipped', reason })
const failed = (reason: RegExp) => ({ status: 'failed', reason: expect.stringMatching(reason) })

describe('a section that needs others', () => {
  test('is skipped when a check of one ran out of time, though its body came to its end meanwhile', () => {
    expect(found.timedOut.checks['preflight.a']).toMatchObject(failed(/timed out in 100ms/))
    expect(statusOf(found.timedOut, 'preflight')).toMatchObject({ status: 'failed', finished: 1 })
    expect(found.timedOut.checks['indexes.a']).toMatchObject(skipped('the section preflight failed'))
  })

  test('runs when they passed', () => {
    const { checks } = found.green
    expect([checks['preflight.a'], checks['indexes.a'], checks['constraints.a']]).toMatchObject([
      passed,
      passed,
      passed,
    ])
    expect(statusOf(found.green, 'constraints')).toEqual(expect.objectContaining({ status: 'passed' }))
  })

  test('is skipped when one failed, and stops what needs it in turn', () => {
    const { checks } = found.red
    expect(checks['preflight.a']).toMatchObject(failed(/no good/))
    expect(checks['indexes.a']).toMatchObject(skipped('the section preflight failed'))
    expect(checks['constraints.a']).toMatchObject(skipped('the section indexes failed'))
  })

  test('fails when one has not run', () => {
    expect(found.missing.checks['indexes.a']).toMatchObject(failed(/SECTION_MISSING.*preflight/))
    expect(statusOf(found.missing, 'indexes').status).toBe('failed')
  })

  test('fails when checks of one were filtered out', async () => {
    const own = { filtered: inMode('rehearse', { ...preflight(some), ...indexes }) }
    using partial = await runSections(own, { args: ['-t', '^a$'] })
    expect(statusOf(partial.filtered, 'preflight')).toEqual(
      expect.objectContaining({ status: 'partial', registered: 3, finished: 1 }),
    )
    expect(partial.filtered.checks['indexes.a']).toMatchObject(
      failed(/SECTION_MISSING.*preflight.*filtered out/s),
    )
  })
})

describe("a section that changes a target of the user's own", () => {
  test('runs when what it needs to change has passed', () => {
    expect(found.permitted.checks['indexes.a']).toMatchObject(passed)
  })

  test('fails when that has not run', () => {
    expect(found.noBackup.checks['indexes.a']).toMatchObject(failed(/SECTION_MISSING.*backup/))
  })

  test('is skipped when that failed, and stops what needs it in turn', () => {
    expect(found.badBackup.checks['indexes.a']).toMatchObject(skipped('the section backup failed'))
    expect(found.badBackup.checks['constraints.a']).toMatchObject(skipped('the section indexes failed'))
  })

  test('needs none of it on a throw-away server', () => {
    expect(found.thrownAway.checks['indexes.a']).toMatchObject(passed)
  })
})

describe('a rollback', () => {
  test('does not hang on what the preflight says of the data', () => {
    expect(found.rolledBack.checks['preflight.a']).toMatchObject(failed(/no good/))
  })

  test('is skipped when the backup failed', () => {
    expect(found.rollbackRed.checks['indexes.a']).toMatchObject(skipped('the section backup failed'))
    expect(statusOf(found.rollbackRed, 'indexes').status).toBe('failed')
  })

  test.each([
    [
      'without the preflight',
      () => found.rollbackAlone.checks['constraints.a'],
      /SECTION_MISSING.*preflight/,
    ],
    ['without the backup', () => found.rolledBack.checks['indexes.a'], /SECTION_MISSING.*backup/],
  ])('%s fails', (_, check, reason) => {
    expect(check()).toMatchObject(failed(reason))
  })
})

describe('a check', () => {
  test('shows evidence, makes claims and says why it was skipped; a skip is no failure', () => {
    const { checks } = found.evidence
    expect(checks['preflight.item[x]']).toEqual({
      ...skipped('nothing to do'),
      evidence: { rows: 3 },
      claims: [{ claim: 'it is so', verdict: 'held', measured: '3', section: 'preflight' }],
    })
    expect(statusOf(found.evidence, 'preflight')).toEqual(
      expect.objectContaining({ status: 'passed', registered: 3, finished: 3 }),
    )
  })

  test('is skipped in a mode that its section, or itself, is not for', () => {
    const reason = 'MODE=check does not do this'
    expect(found.checked.checks['preflight.a']).toMatchObject(skipped(reason))
    expect(found.checkedOne.checks['preflight.a']).toMatchObject(skipped(reason))
  })

  test('needs no other section in MODE=check, which changes nothing', () => {
    expect(found.checked.checks['indexes.a']).toMatchObject(passed)
  })

  test('of what holds afterwards is skipped in MODE=check until something is applied', () => {
    expect(found.notApplied.checks['preflight.a']).toMatchObject(skipped('the migration is not applied yet'))
    expect(found.applied.checks['preflight.a']).toMatchObject(passed)
  })

  test('of what holds afterwards runs in MODE=check with EXPECT=after', () => {
    expect(found.expectAfter.checks['preflight.a']).toMatchObject(passed)
  })

  test('tries nothing out in MODE=check without PROBE=1', () => {
    expect(found.notAsked.checks['preflight.a']).toMatchObject(failed(/NOT_ASKED_TO_PROBE/))
  })
})
