import { afterAll, describe, test } from 'vitest'
import { z } from 'zod'
import type { Mode } from '../core/config/settings.ts'
import { withAdvice } from '../core/errors/advice.ts'
import { HarnessError } from '../core/errors/harness-error.ts'
import type { Claim } from '../core/record/claim.ts'
import { RunFolder, sectionMissing } from '../core/record/run-folder.ts'
import { openProbeSession } from '../core/server/probe-session.ts'
import { openReadSession, type ReadSession, type WriteSession } from '../core/server/session.ts'
import { openWriteSession } from '../core/server/write-session.ts'
import { confirmedServer } from '../gate/confirmed-server.ts'
import { findLedger, openLedger } from '../migrate/apply/ledger.ts'
import type { MigratedServer } from '../migrate/apply/steps/migrated-server.ts'
import { type Migration, readMigration } from '../migrate/folder/migration.ts'
import { withoutExceptions } from '../migrate/lock/except.ts'
import { type Lock, readLock } from '../migrate/lock/lock.ts'
import { readStanding } from '../migrate/lock/side.ts'
import { budgetReason, queryBudgetReason } from './budget.ts'
import { type RunContext, runContext } from './context.ts'

export type SectionName =
  | 'preflight'
  | 'benchmark-before'
  | 'backup'
  | 'indexes'
  | 'constraints'
  | 'postconditions'
  | 'query-plans'
  | 'integrity'
  | 'application'
  | 'benchmark'
  | 'rollback'
  | 'metrics'

/** What a check puts into the report beside its verdict. */
export interface Evidence {
  /** Facts that back the verdict: counts, rows, query plans. */
  show(facts: unknown): void
  claim(claim: Omit<Claim, 'section'>): void
  /** Ends the check as skipped; the reason is shown in every report. */
  skip(reason: string): never
}

export interface CheckMeta {
  readonly id: string
  readonly section: SectionName
  evidence?: unknown
  claims?: Claim[]
}

declare module 'vitest' {
  interface TaskMeta {
    check?: CheckMeta
  }
}

interface SectionOptions {
  /** Sections that must have passed before this one means anything. */
  readonly needs?: readonly SectionName[]
  /** Sections that must have passed too before a target of the user's own is changed. */
  readonly needsToChange?: readonly SectionName[]
  /** The modes in which this section runs; in the others its checks are skipped, with the reason. */
  readonly modes?: readonly Mode[]
}

interface CheckOptions {
  /** ms; 0 waits for ever, for work that the server goes on with anyway. */
  readonly timeoutMs?: number
  /** The modes in which this check runs, where they are fewer than its section's. */
  readonly modes?: readonly Mode[]
  /** True for what holds only once the migration is applied; skipped on a target where it is not yet. */
  readonly afterOnly?: boolean
  /** Tables that are read whole; on a target of the user's own they must be within the budget. */
  readonly reads?: readonly string[]
  /** A query that the check asks; on a target of the user's own its query plan must be within the budget. */
  readonly asks?: string
}

export interface Section {
  readonly context: RunContext
  readonly run: RunFolder
  readonly migration: Migration
  readonly lock: Lock
  /** What runs on this machine ever did to the database, where it is the user's own; in MODE=check, if there is one. */
  readonly ledger: RunFolder | undefined
  readonly writable: () => MigratedServer
  read<T>(use: (session: ReadSession) => Promise<T>): Promise<T>
  write<T>(use: (session: WriteSession) => Promise<T>): Promise<T>
  /** Changes rows in transactions that are always rolled back, in MODE=check too. Throws NOT_ASKED_TO_PROBE without PROBE=1. */
  probing<T>(use: (session: WriteSession) => Promise<T>): Promise<T>
  /** One check of the guide. Its id is `section.family`, with `[item]` where a family has several. */
  check(
    family: string | readonly [family: string, item: string],
    title: string,
    body: (evidence: Evidence) => Promise<void>,
    options?: CheckOptions,
  ): void
}

class Skipped extends Error {}

const assertMayProbe = (asked: string | undefined): void => {
  if (asked === '1') return
  throw new HarnessError('NOT_ASKED_TO_PROBE', {
    what: 'A check wanted to try a statement out in MODE=check.',
    next: 'Run with PROBE=1 and the applying account, if transactions that are rolled back may be tried on this target.',
  })
}

const statusShape = z.object({ status: z.enum(['passed', 'failed', 'partial']) })
const statusFile = (section: string) => `section-${section}.json`

/** Whether a section that this one needs has passed; throws SECTION_MISSING when it has not run at all. */
const stateOfNeed = (run: RunFolder, need: SectionName): 'passed' | 'failed' => {
  const { status } = run.read(statusFile(need), statusShape, need)
  if (status === 'partial') throw sectionMissing(need, 'some of its checks were filtered out')
  return status
}

/** Opens the section of a spec file: its server, its migration, its lock, and how to write checks. */
export const section = (name: SectionName, options: SectionOptions = {}): Section => {
  const context = runContext()
  const run = new RunFolder(context.runDir)
  const migration = readMigration(context.migration)
  const { address, token } = context.target
  const { permit } = context
  const place = {
    reportsDir: context.settings.REPORTS_DIR,
    target: context.target.name,
    database: address.database ?? '',
    migration: context.migration,
  }
  let registered = 0
  let finished = 0
  let failed = 0
  let blocked = false

  const read: Section['read'] = async (use) => {
    await using session = await openReadSession(address)
    return await use(session)
  }

  const isApplied = () => context.settings.EXPECT === 'after' || readStanding(run).side !== 'before'

  const reasonNotToRun = ({
    modes,
    afterOnly,
    reads,
    asks,
  }: CheckOptions): string | undefined | Promise<string | undefined> => {
    if ([options.modes, modes].some((allowed) => allowed !== undefined && !allowed.includes(context.mode))) {
      return `MODE=${context.mode} does not do this`
    }
    if (context.mode === 'check') {
      if (afterOnly === true && !isApplied()) return 'the migration is not applied yet'
      const budget = context.settings.CHECK_BUDGET_ROWS
      // A query that cannot be explained, such as one of a broken view, is asked, so that the check says why.
      if (asks !== undefined)
        return read((session) => queryBudgetReason(session, asks, budget)).catch(() => undefined)
      return reads === undefined ? undefined : read((session) => budgetReason(session, reads, budget))
    }
    // A rollback must not hang on what the preflight says of the data, but it must have looked.
    if (context.mode === 'rollback') {
      if (name !== 'preflight') stateOfNeed(run, 'preflight')
      const failedProof = options.needsToChange?.find((need) => stateOfNeed(run, need) === 'failed')
      if (failedProof === undefined) return undefined
      blocked = true
      return `the section ${failedProof} failed`
    }
    const needs = [...(options.needs ?? []), ...(permit === null ? [] : (options.needsToChange ?? []))]
    const failedNeed = needs.find((need) => stateOfNeed(run, need) === 'failed')
    if (failedNeed === undefined) return undefined
    blocked = true
    return `the section ${failedNeed} failed`
  }

  afterAll(() => {
    const status = failed > 0 || blocked ? 'failed' : finished < registered ? 'partial' : 'passed'
    run.write(statusFile(name), { status, registered, finished, failed })
  })

  const writable = (): MigratedServer =>
    permit === null ? { address, token: token ?? '' } : confirmedServer(address, permit)
  return {
    context,
    run,
    migration,
    lock: withoutExceptions(readLock(migration), context.except),
    ledger: token !== null ? undefined : permit === null ? findLedger(place) : openLedger(place),
    writable,
    read,
    write: async (use) => {
      await using session = await openWriteSession(writable())
      return await use(session)
    },
    probing: async (use) => {
      assertMayProbe(context.settings.PROBE)
      await using session = await openProbeSession(address)
      return await use(session)
    },
    check: (family, title, body, checkOptions = {}) => {
      const { timeoutMs = 300_000 } = checkOptions
      const [familyName, item] = typeof family === 'string' ? [family, undefined] : family
      const id = `${name}.${familyName}${item === undefined ? '' : `[${item}]`}`
      const meta: CheckMeta = { id, section: name }
      registered++
      test(title, { timeout: timeoutMs, meta: { check: meta } }, async (testContext) => {
        const recorded = testContext.task.meta.check ?? meta
        const evidence: Evidence = {
          show: (facts) => {
            recorded.evidence = facts
          },
          claim: (claim) => {
            recorded.claims = [...(recorded.claims ?? []), { ...claim, section: name }]
          },
          skip: (reason) => {
            throw new Skipped(reason)
          },
        }
        try {
          const reason = await reasonNotToRun(checkOptions)
          if (reason !== undefined) throw new Skipped(reason)
          await body(evidence)
          finished++
        } catch (error) {
          if (!(error instanceof Skipped)) {
            failed++
            throw withAdvice(error, { database: address.database ?? '' })
          }
          finished++
          testContext.skip(error.message)
        }
      })
    },
  }
}

/** Registers the checks of each item under one heading; none for no items, because vitest fails an empty heading. */
export const forEach = <T>(heading: string, items: readonly T[], register: (item: T) => void): void => {
  if (items.length > 0) describe(heading, () => items.forEach(register))
}
