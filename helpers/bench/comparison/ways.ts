import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { projectRoot as root } from '../../core/config/project.ts'
import type { Settings } from '../../core/config/settings.ts'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import { RunFolder } from '../../core/record/run-folder.ts'
import type { ThrowAwayServer } from '../../core/server/throw-away.ts'
import { applyConstraints, applyIndexes } from '../../migrate/apply/apply.ts'
import { quietRunner } from '../../migrate/apply/steps/quiet-runner.ts'
import { type Migration, scriptOf, statementsOf } from '../../migrate/folder/migration.ts'
import type { Lock } from '../../migrate/lock/lock.ts'
import { stepLog } from '../../migrate/step/step.ts'
import type { WayId } from './figures.ts'
import { stepSpans, type TimeSpan } from './server-time.ts'

/** A way to apply the migration to a database that was prepared for it. */
export interface Way {
  readonly id: WayId
  readonly title: string
  /** Why it cannot be taken on this machine; undefined when it can. */
  missing(): Promise<string | undefined>
  /**
   * Applies the migration to the server's database. Returns when the server was at work beside its DDL jobs, where the
   * way keeps a record of that. Throws what stopped it.
   */
  apply(server: ThrowAwayServer): Promise<readonly TimeSpan[] | undefined>
}

interface WayInput {
  readonly migration: Migration
  readonly lock: Lock
  readonly settings: Pick<Settings, 'CONNECTIONS' | 'DDL_WORKERS' | 'DDL_BATCH_SIZE'>
}

const parts = ['indexes', 'constraints'] as const

const isInstalled = async (command: string, args: readonly string[]): Promise<boolean> =>
  !(await execa(command, args, { reject: false, preferLocal: true, localDir: root })).failed

const stopped = (way: string, cause: unknown): HarnessError =>
  new HarnessError('WAY_STOPPED', {
    what: `${way} stopped: ${messageOf(cause)}`,
    next: 'Fix what it says; a comparison needs every way to add all of the migration.',
    cause,
  })

const mysqlClients = ['mysql', 'mariadb'] as const

/** The guide's own way: each script through the mysql client, one statement after the other. */
const mysqlWay = ({ migration }: WayInput): Way => {
  const client = async () => {
    for (const name of mysqlClients) if (await isInstalled(name, ['--version'])) return name
    return undefined
  }
  return {
    id: 'mysql',
    title: '`mysql < script`, as the guide says',
    missing: async () =>
      (await client()) === undefined
        ? 'there is no mysql client on the PATH; on Debian: apt-get install mariadb-client'
        : undefined,
    apply: async ({ address: { host, port, user, database = '' } }) => {
      const command = (await client()) ?? 'mysql'
      for (const part of parts) {
        const args = [`--host=${host}`, `--port=${port}`, `--user=${user}`, database]
        await execa(command, args, { input: scriptOf(migration, part) }).catch((cause: unknown) => {
          throw stopped(`${command} < ${part}.sql`, cause)
        })
      }
      return undefined
    },
  }
}

/** A migration tool with the same scripts; TiDB has no transaction around a DDL, so dbmate is told to use none. */
const dbmateWay = ({ migration }: WayInput): Way => ({
  id: 'dbmate',
  title: 'dbmate, with the same scripts',
  missing: async () =>
    (await isInstalled('dbmate', ['--version']))
      ? undefined
      : 'dbmate has no binary for this machine (npm ci installs it where there is one)',
  apply: async ({ address: { host, port, user, database } }) => {
    const folder = await mkdtemp(join(tmpdir(), 'comparison-dbmate-'))
    try {
      for (const [at, part] of parts.entries()) {
        const script = `-- migrate:up transaction:false\n${scriptOf(migration, part)}\n-- migrate:down\n`
        await writeFile(join(folder, `${at + 1}_${part}.sql`), script)
      }
      await execa('dbmate', ['--no-dump-schema', '--migrations-dir', folder, 'migrate'], {
        preferLocal: true,
        localDir: root,
        env: { DATABASE_URL: `mysql://${user}:@${host}:${port}/${database}` },
      })
      return undefined
    } catch (cause) {
      throw stopped('dbmate migrate', cause)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
})

/** Part A and Part B of this harness, with the record that they keep. */
const harnessWay = ({ migration, lock, settings }: WayInput): Way => ({
  id: 'harness',
  title: 'this harness, MODE=apply',
  missing: async () => undefined,
  apply: async (server) => {
    const folder = await mkdtemp(join(tmpdir(), 'comparison-harness-'))
    try {
      const runner = quietRunner(server, new RunFolder(folder), settings)
      const remedies = statementsOf(migration, 'remedies')
      await applyIndexes(runner, lock, remedies, 'apply')
      await applyConstraints(runner, lock, remedies, 'apply')
      return stepSpans(stepLog.read(runner.run), 'analyze')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
})

/** The three ways that are compared. */
export const waysFor = (input: WayInput): readonly Way[] => [
  mysqlWay(input),
  dbmateWay(input),
  harnessWay(input),
]
