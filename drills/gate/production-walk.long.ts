import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectRoot } from '../../helpers/core/config/project.ts'
import { runCli, type SuiteOutcome } from '../../helpers/run/suite-process.ts'
import { type StandIn, startStandIn } from '../support/stand-in.ts'
import { expectReadable } from '../support/terminal.ts'

let prod: StandIn
/** The manifest of the backup, as `npm run backup` printed it. */
let manifest = ''
const shownManifest = 'backups/2026-01-20T03-00-00-prod/backup.json'
const transcript: string[] = []

beforeAll(async () => {
  prod = await startStandIn()
})
afterAll(async () => prod[Symbol.asyncDispose]())

const shown =
  /^\s*(?:target |[\w-]+ on [\w-]+: |PASSED|FAILED|REFUSED|NOT_|NO_|PASS_|why: |next: |MODE=|TARGET=prod npm run backup|about .* in all)|_EVIDENCE=/

// Times, ports, paths and names of this machine are not the same twice.
const normalised = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(prod.reports, 'reports')
    .replaceAll(/ at (localhost|127\.0\.0\.1):\d+,/g, ' at $1:4000,')
    .replaceAll(/[^\s=]*\/backups\/\S+\/backup\.json/g, shownManifest)
    .replaceAll(/about +[\d.]+ s/g, 'about … s')

// On a busy machine a query may look slower than before, which is shown with why and next; slower.long.ts is about that.
const toleratesNoise = { BENCHMARK_SLOWER_MS: '10000', BENCHMARK_SLOWER_PERCENT: '1000' }

/** Runs one command of the walk, and puts what a person would see of it into the transcript. */
const step = async (
  title: string,
  account: 'migration_check' | 'migration_apply' | undefined,
  variables: Record<string, string>,
): Promise<SuiteOutcome> => {
  const address = account === undefined ? {} : prod.as(account)
  const outcome = await prod.run({ ...toleratesNoise, ...address, ...variables })
  const given = { ...(account === undefined ? {} : { TARGET: 'prod' }), ...variables }
  const words = Object.entries(given).map(
    ([name, value]) => `${name}=${/[ :]/.test(value) ? `"${value}"` : normalised(value)}`,
  )
  const lines = normalised(outcome.output)
    .split('\n')
    .filter((line) => shown.test(line))
  transcript.push(
    `## ${title}\n\n${account === undefined ? '' : `As \`${account}\`:\n\n`}\`\`\`\n$ ${[...words, 'npx vitest run'].join(' ')}\n${lines.join('\n')}\n(exit ${outcome.exitCode})\n\`\`\`\n`,
  )
  return outcome
}

/** Makes the backup of the walk with the account that can only read. */
const backUp = async (): Promise<void> => {
  const given = { ...prod.as('migration_check'), BACKUP_DIR: join(prod.reports, '../backups') }
  const { all, exitCode, stdout } = await runCli('helpers/cli/backup.ts', given)
  expect(exitCode, all).toBe(0)
  prod.said.push(all)
  manifest = stdout.trim()
  const lines = normalised(all)
    .split('\n')
    .filter((line) => /^ {2}(?:restored|next:)|^backups\//.test(line))
  transcript.push(
    `## The backup\n\nAs \`migration_check\`:\n\n\`\`\`\n$ TARGET=prod npm run backup\n${lines.join('\n')}\n(exit ${exitCode})\n\`\`\`\n`,
  )
}

const evidence = { CONFIRM: 'ticketbookingdb', BACKUP_EVIDENCE: 'snapshot 2026-01-20/7' }

test('the walk: check, refusals, rehearsal, backup, apply, check, rollback, check', {
  timeout: 600_000,
}, async () => {
  const ready = await step('Check, before', 'migration_check', {})
  expect(ready.red, ready.tail).toEqual([])
  expect(ready.summary).toMatchObject({ verdict: 'passed', answer: 'ready', mode: 'check' })
  expectReadable(ready, 60)

  expect(ready.report).toMatch(/^# PASSED: check of v3 on prod\n\n\*\*ticketbookingdb on prod: ready\.\*\*/)
  expect(ready.report).toMatch(/\n\| Steps \| apply would run \d+ steps, about [^|]*; nothing was run \|\n/)
  expect(ready.report).toMatch(/\n\| Indexes \| not measured: the migration is not applied yet \|\n/)

  const noPass = await step('Apply without a rehearsal', 'migration_apply', { MODE: 'apply', ...evidence })
  expect(noPass.exitCode).not.toBe(0)
  expect(noPass.output).toMatch(/REFUSED[\s\S]*NO_REHEARSAL_PASS[\s\S]*npx vitest run/)

  expect(noPass.report).toMatch(
    /^# REFUSED: apply of v3 on prod\n\n\*\*The run did not start, so nothing was applied\.\*\*[\s\S]*NO_REHEARSAL_PASS[\s\S]*next: [\s\S]*npx vitest run/,
  )
  expect(noPass.output).toMatch(/\n {2}FAILED {2}the run did not start\n {2}report {2}\S+\/report\.md\n/)

  const rehearsed = await step('The rehearsal', undefined, {})
  expect(rehearsed.red, rehearsed.tail).toEqual([])
  expectReadable(rehearsed, 120)

  expect(rehearsed.report).toMatch(/^# PASSED: rehearse of v3 on embedded\n/)
  expect(rehearsed.report).toMatch(/\n\| Buyers beside the migration \| not measured: TRAFFIC=off \|\n/)

  const notConfirmed = await step('Apply without CONFIRM and without a backup', 'migration_apply', {
    MODE: 'apply',
  })
  expect(notConfirmed.exitCode).not.toBe(0)
  expect(notConfirmed.output).toMatch(/NOT_CONFIRMED[\s\S]*NO_BACKUP[\s\S]*CONFIRM=ticketbookingdb/)
  const still = await prod.run(prod.as('migration_check'))
  expect(still.summary).toMatchObject({ answer: 'ready' })

  await backUp()
  const proven = { CONFIRM: 'ticketbookingdb', BACKUP_MANIFEST: manifest }
  const applied = await step('Apply', 'migration_apply', { MODE: 'apply', ...proven })
  expect(applied.red, applied.tail).toEqual([])
  expect(applied.summary).toMatchObject({
    verdict: 'passed',
    answer: 'applied',
    backupEvidence: `the manifest ${manifest}`,
    indexes: { present: 25 },
    constraints: { enforced: 21 },
  })

  expect(applied.report).toMatch(/^# PASSED: apply of v3 on prod\n/)
  expect(applied.report).toMatch(/\n\| Constraints \| 21 of 21 there, 21 of 21 enforced \|\n/)
  expect(applied.report).toMatch(/the manifest \S*backup\.json/)

  const after = await step('Check, after', 'migration_check', { MODE: 'check', EXPECT: 'after' })
  expect(after.red, after.tail).toEqual([])
  expect(after.summary).toMatchObject({ verdict: 'passed', answer: 'applied' })
  expectReadable(after, 60)
  const wrongSide = await prod.run({ ...prod.as('migration_check'), EXPECT: 'before' })
  expect(wrongSide.red, wrongSide.tail).toEqual(['preflight.side'])

  const back = await step('Rollback', 'migration_apply', { MODE: 'rollback', ...evidence })
  expect(back.red, back.tail).toEqual([])
  expect(back.summary).toMatchObject({ verdict: 'passed', answer: 'rolled back' })

  expect(back.report).toMatch(/^# PASSED: rollback of v3 on prod\n/)
  expect(back.report).toMatch(/\n\| Indexes \| 25 dropped; as before the migration \|\n/)
  expect(back.report).toMatch(/\n\| Benchmarks \| not measured: MODE=rollback does not do this \|\n/)

  const before = await step('Check, before again', 'migration_check', { MODE: 'check', EXPECT: 'before' })
  expect(before.red, before.tail).toEqual([])
  expect(before.summary).toMatchObject({ verdict: 'passed', answer: 'ready' })

  const text = `# A walk on a stand-in production\n\nMade by \`drills/gate/production-walk.long.ts\`, which CI runs. The stand-in is a second TiDB with TLS and two accounts.\nLines that only show progress are left out.\n\n${transcript.join('\n')}`
  await expect(text).toMatchFileSnapshot(join(projectRoot, 'docs/production-walk.md'))
})
