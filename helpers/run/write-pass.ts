import { basename, dirname } from 'node:path'
import { beforeRecord } from '../core/record/before.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { makePass, passFileOf, passRecord, releaseLine, touchedSchema } from '../gate/rehearsal-pass.ts'
import { allMeasured } from '../migrate/estimate/measured.ts'
import type { Summary } from '../report/summary.ts'
import type { RunContext } from './context.ts'

/** Writes the pass of a green rehearsal into the run's folder and beside it. Does nothing after any other run. */
export const writePass = (context: RunContext, run: RunFolder, summary: Summary): void => {
  if (context.mode !== 'rehearse' || summary.verdict === 'failed') return
  const { indexes, constraints } = summary
  // A pass stands for a migration that was seen completely.
  if (indexes.present < indexes.expected || constraints.present < constraints.expected) return
  const { lock, migration } = context
  const rates = allMeasured(run)
  const statuses = summary.checks.map(({ status }) => status)
  const pass = makePass({
    migration: migration.name,
    lockHash: lock.hash,
    releaseLine: releaseLine(context.target.version),
    engine: context.target.version,
    baseline: touchedSchema(lock, beforeRecord.read(run).schema),
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
  passRecord.write(run, pass)
  const file = passFileOf(context.settings.REPORTS_DIR, migration.name)
  new RunFolder(dirname(file)).write(basename(file), pass)
}
