import { afterAll, describe, test } from 'vitest'
import type { Mode } from '../core/config/settings.ts'
import { withAdvice } from '../core/errors/advice.ts'
import { type Failure, failureOf } from '../core/errors/failure.ts'
import { HarnessError } from '../core/errors/harness-error.ts'
import type { Claim } from '../core/record/claim.ts'
import { RunFolder, sectionMissing } from '../core/record/run-folder.ts'
import { openProbeSession } from '../core/server/probe-session.ts'
import { openReadSession, type ReadSession, type WriteSession } from '../core/server/session.ts'
import { openWriteSession } from '../core/server/write-session.ts'
import { confirmedServer } from '../gate/confirmed-server.ts'
import { findLedger, openLedger } from '../migrate/apply/ledger.ts'
import type { MigratedServer } from '../migrate/apply/steps/migrated-server.ts'
import type { Migration } from '../migrate/folder/migration.ts'
import { withoutExceptions } from '../migrate/lock/except.ts'
import type { Lock } from '../migrate/lock/lock.ts'
import { positionRecord } from '../migrate/lock/position.ts'
import type { SkipCode } from '../report/summary.ts'
import { type RunContext, runContext } from './context.ts'
import { assertFreshModules } from './fresh-modules.ts'
import { budgetReason, queryBudgetReason } from './limits/budget.ts'
import { usingWithinLimit, withinLimit } from './limits/time-limit.ts'
import { sectionRecord } from './records.ts'
import { Skipped, skippedOnTarget, skippedOverBudget } from './result/skipped.ts'
import type { SectionName } from './section-name.ts'

/** What a check puts into the report beside its verdict. */
export interface Evidence {
  /** Facts that back the verdict: counts, rows, query plans. */
  show(facts: unknown): void
  claim(claim: Omit<Claim, 'section'>): void
  /** Ends the check as skipped; the reason is shown in every report. The code is NOT_APPLICABLE when left out. */
  skip(reason: string, code?: SkipCode): never
}

export interface CheckMeta {
  readonly id: string
  readonly section: SectionName
  evidence?: unknown
  claims?: Claim[]
  failure?: Failure
  skipCode?: SkipCode
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
  /** Whether what rows hold may go into reports: their keys always do. Rows of a rehearsal are made up. */
  readonly showValues: boolean
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

const assertMayProbe = (asked: string | undefined): void => {
  if (asked === '1') return
  throw new HarnessError('NOT_ASKED_TO_PROBE', {
    what: 'A check wanted to try a statement out in MODE=check.',
    next: 'Run with PROBE=1 and the applying account, if transactions that are rolled back may be tried on this target.',
  })
}

/** Whether a section that this one needs has passed; throws SECTION_MISSING when it has not run at all. */
const stateOfNeed = (run: RunFolder, need: SectionName): 'passed' | 'failed' => {
  const { status } = sectionRecord(need).read(run)
  if (status === 'partial') throw sectionMissing(need, 'some of its checks were filtered out')
  return status
}

/** Opens the section of a spec file: its server, its migration, its lock, and how to write checks. Throws MODULES_KEPT. */
export const section = (name: SectionName, options: SectionOptions = {}): Section => {
  assertFreshModules(name)
  const context = runContext()
  const run = new RunFolder(context.runDir)
  const { migration } = context
  const { address, sessionOptions, token } = context.target
  const { permit } = context
  const place = {
    reportsDir: context.settings.REPORTS_DIR,
    target: context.target.name,
    database: address.database ?? '',
    migration: migration.name,
  }
  let registered = 0
  let finished = 0
  let failed = 0
  let blocked = false

  const read: Section['read'] = (use) => usingWithinLimit(() => openReadSession(address, sessionOptions), use)

  const isApplied = () => context.settings.EXPECT === 'after' || positionRecord.read(run).side !== 'before'

  const reasonNotToRun = async ({
    modes,
    afterOnly,
    reads,
    asks,
  }: CheckOptions): Promise<Skipped | undefined> => {
    if ([options.modes, modes].some((allowed) => allowed !== undefined && !allowed.includes(context.mode))) {
      return new Skipped('OTHER_MODE', `MODE=${context.mode} does not do this`)
    }
    if (context.mode === 'check') {
      if (afterOnly === true && !isApplied())
        return new Skipped('NOT_APPLIED', 'the migration is not applied yet')
      const budget = context.settings.CHECK_BUDGET_ROWS
      // A query that cannot be explained, such as one of a broken view, is asked, so that the check says why.
      if (asks !== undefined)
        return read(async (session) =>
          skippedOverBudget(await queryBudgetReason(session, asks, budget)),
        ).catch(() => undefined)
      return reads === undefined
        ? undefined
        : read(async (session) => skippedOverBudget(await budgetReason(session, reads, budget)))
    }
    // A rollback must not hang on what the preflight says of the data, but it must have looked.
    if (context.mode === 'rollback') {
      if (name !== 'preflight') stateOfNeed(run, 'preflight')
      const failedProof = options.needsToChange?.find((need) => stateOfNeed(run, need) === 'failed')
      if (failedProof === undefined) return undefined
      blocked = true
      return new Skipped('SECTION_FAILED', `the section ${failedProof} failed`)
    }
    const needs = [...(options.needs ?? []), ...(permit === null ? [] : (options.needsToChange ?? []))]
    const failedNeed = needs.find((need) => stateOfNeed(run, need) === 'failed')
    if (failedNeed === undefined) return undefined
    blocked = true
    return new Skipped('SECTION_FAILED', `the section ${failedNeed} failed`)
  }

  afterAll(() => {
    const status = failed > 0 || blocked ? 'failed' : finished < registered ? 'partial' : 'passed'
    sectionRecord(name).write(run, { status, registered, finished, failed })
  })

  const writable = (): MigratedServer =>
    permit === null ? { address, token: token ?? '' } : confirmedServer({ address, sessionOptions }, permit)
  return {
    context,
    run,
    migration,
    lock: withoutExceptions(context.lock, context.except),
    ledger: token !== null ? undefined : permit === null ? findLedger(place) : openLedger(place),
    showValues: token !== null || context.settings.SHOW_VALUES === '1',
    writable,
    read,
    write: (use) => usingWithinLimit(() => openWriteSession(writable()), use),
    probing: async (use) => {
      assertMayProbe(context.settings.PROBE)
      return usingWithinLimit(() => openProbeSession(address, sessionOptions), use)
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
          skip: (reason, code = 'NOT_APPLICABLE') => {
            throw new Skipped(code, reason)
          },
        }
        try {
          const skipped = await reasonNotToRun(checkOptions)
          if (skipped !== undefined) throw skipped
          await withinLimit(testContext.signal, () => body(evidence))
          finished++
        } catch (thrown) {
          const error = token === null ? skippedOnTarget(thrown, checkOptions) : thrown
          if (!(error instanceof Skipped)) {
            failed++
            const advised = withAdvice(error, { database: address.database ?? '' })
            // What comes after the time limit is not why the check failed.
            if (!testContext.signal.aborted) recorded.failure = failureOf(advised)
            throw advised
          }
          finished++
          recorded.skipCode = error.code
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
