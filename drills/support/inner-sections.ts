import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { projectRoot } from '../../helpers/core/config/project.ts'
import { RunFolder } from '../../helpers/core/record/run-folder.ts'
import type { ServerAddress } from '../../helpers/core/server/session.ts'
import { readMigration } from '../../helpers/migrate/folder/migration.ts'
import { readLock } from '../../helpers/migrate/lock/lock.ts'
import type { RunContext } from '../../helpers/run/context.ts'
import { environmentWith } from '../../helpers/run/suite-process.ts'

/** Sections of a run, in their order: their names, and the text of each after its imports. */
export interface Scenario {
  readonly sections: Readonly<Record<string, string>>
  readonly mode: RunContext['mode']
  /** As if a person had given all that a change of their target needs. */
  readonly hasPermit?: boolean
  /** The throw-away token; null, as on a target of the user's own, when left out. */
  readonly token?: string | null
  readonly address?: ServerAddress
  readonly settings?: Partial<RunContext['settings']>
}

interface InnerCheck {
  readonly status: string
  /** Why it failed, or was skipped. */
  readonly reason: string
  readonly evidence?: unknown
  readonly claims?: unknown
}

interface InnerOptions {
  /** What is handed to vitest. */
  readonly args?: readonly string[]
  /** Files of more reporters. */
  readonly reporters?: readonly string[]
}

export interface SectionResults {
  /** What became of each check, by its id. */
  readonly checks: Readonly<Record<string, InnerCheck>>
  readonly run: RunFolder
}

const nowhere: ServerAddress = { host: '127.0.0.1', port: 1, user: 'nobody', password: '', database: 'shop' }

const v3 = readMigration('v3')

const contextOf = (scenario: Scenario, runDir: string): object => ({
  runDir,
  target: {
    ...{ name: 'prod', kind: 'remote', version: '8.0.11-TiDB-v7.5.0', token: scenario.token ?? null },
    address: scenario.address ?? nowhere,
  },
  // Nothing but its being there matters to a section until it writes.
  permit: scenario.hasPermit === true ? {} : null,
  ...{ backup: null, mode: scenario.mode, migration: v3, lock: readLock(v3), except: [], isBarDrawn: false },
  settings: { REPORTS_DIR: join(runDir, 'reports'), CHECK_BUDGET_ROWS: 100, ...scenario.settings },
})

const configText = (contexts: Record<string, object>, reporters: readonly string[]) => `
import { appendFileSync } from 'node:fs'
import { GuideOrder } from '${projectRoot}/helpers/run/sequencer.ts'
const contexts = ${JSON.stringify(contexts)}
const told = {
  onTestCaseResult: (test) => {
    const { state, errors = [], note } = test.result()
    const { id, evidence, claims } = test.meta().check ?? { id: test.fullName }
    const reason = note ?? errors.map(({ message }) => message).join()
    appendFileSync('told.jsonl', JSON.stringify({ scenario: test.project.name, id, status: state, reason, evidence, claims }) + '\\n')
  },
}
export default {
  test: {
    ...{ reporters: [told, ...${JSON.stringify(reporters)}], disableConsoleIntercept: true, fileParallelism: false, sequence: { sequencer: GuideOrder } },
    projects: Object.entries(contexts).map(([name, run]) => ({
      test: { name, include: [name + '/*.spec.ts'], provide: { run }, fileParallelism: false, isolate: false, setupFiles: ['${projectRoot}/helpers/run/each-section.ts'] },
    })),
  },
}`

/**
 * Runs sections in a vitest of their own, one project a scenario. Returns what came of each scenario by its name, and what
 * was said; dispose removes what they left.
 */
export const runSections = async <Name extends string>(
  scenarios: Readonly<Record<Name, Scenario>>,
  { args = [], reporters = [] }: InnerOptions = {},
): Promise<Record<Name, SectionResults> & { readonly said: string } & Disposable> => {
  const folder = mkdtempSync(join(tmpdir(), 'harness-sections-'))
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'))
  const names = Object.keys(scenarios) as Name[]
  const contexts: Record<string, object> = {}
  for (const name of names) {
    const runDir = join(folder, name, 'run')
    mkdirSync(runDir, { recursive: true })
    contexts[name] = contextOf(scenarios[name], runDir)
    for (const [at, [section, text]] of Object.entries(scenarios[name].sections).entries())
      writeFileSync(
        join(folder, name, `${at}-${section}.spec.ts`),
        `import { section } from '${projectRoot}/helpers/run/section.ts'\n${text}`,
      )
  }
  writeFileSync(join(folder, 'vitest.config.ts'), configText(contexts, reporters))
  writeFileSync(join(folder, 'told.jsonl'), '')
  const vitest = join(projectRoot, 'node_modules/vitest/vitest.mjs')
  const { all } = await execa(process.execPath, [vitest, 'run', ...args], {
    ...{ cwd: folder, env: environmentWith({}), extendEnv: false, all: true, reject: false },
  })
  const lines = readFileSync(join(folder, 'told.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  if (lines.length === 0) throw new Error(`no check ran: ${all}`)
  const told = lines.map((line) => JSON.parse(line) as InnerCheck & { scenario: string; id: string })
  const results = names.map((name) => {
    const own = told.filter(({ scenario }) => scenario === name)
    const checks = Object.fromEntries(own.map(({ scenario: _, id, ...found }) => [id, found]))
    return [name, { checks, run: new RunFolder(join(folder, name, 'run')) }]
  })
  return {
    ...(Object.fromEntries(results) as Record<Name, SectionResults>),
    said: all,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}
