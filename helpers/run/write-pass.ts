import { dirname } from 'node:path'
import { readBefore } from '../core/record/before.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { makePass, passFileOf, releaseLine, touchedSchema } from '../gate/rehearsal-pass.ts'
import { allMeasured } from '../migrate/estimate/measured.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { readLock } from '../migrate/lock/lock.ts'
import type { Summary } from '../report/summary.ts'
import type { RunContext } from './context.ts'

/** Writes the pass of a green rehearsal into the run's folder and beside it. Does nothing after any other run. */
export const writePass = (context: RunContext, run: RunFolder, summary: Summary): void => {
  if (context.mode !== 'rehearse' || summary.verdict === 'failed') return
  const { indexes, constraints } = summary
  // A pass stands for a migration that was seen whole.
  if (indexes.present < indexes.expected || constraints.present < constraints.expected) return
  const lock = readLock(readMigration(context.migration))
  const rates = allMeasured(run)
  const statuses = summary.checks.map(({ status }) => status)
  const pass = makePass({
    migration: context.migration,
    lockHash: lock.hash,
    releaseLine: releaseLine(context.target.version),
    engine: context.target.version,
    baseline: touchedSchema(lock, readBefore(run).schema),
    except: [...context.except],
    checks: {
      passed: statuses.filter((status) => status === 'passed').length,
      skipped: statuses.filter((status) => status === 'skipped').length,
    },
    scale: summary.scale,
    rehearsedAt: new Date().toISOString(),
    durationMs: summary.durationMs,
    ...(rates === undefined ? {} : { rates }),
  })
  run.write('rehearsal-pass.json', pass)
  const file = passFileOf(context.settings.REPORTS_DIR, context.migration)
  new RunFolder(dirname(file)).write(`rehearsal-pass-${context.migration}.json`, pass)
}
