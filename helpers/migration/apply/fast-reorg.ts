import { z } from 'zod'
import { findTable, type Index, type Snapshot, type Table } from '../../schema/model.ts'
import type { ReadSession } from '../../target/session.ts'
import { isAtLeast, parseRelease } from '../../target/version.ts'
import { type Phase, planStep, type Step } from './step.ts'
import { runSteps, type StepRunner } from './step-runner.ts'

const fixedIn = '7.5.5'
const variable = 'tidb_ddl_enable_fast_reorg'

const hasClusteredStringKey = ({ rest, primaryKey, columns }: Table): boolean =>
  rest.some((entry) => /^PRIMARY KEY .*[^N]CLUSTERED \*\//.test(entry)) &&
  columns.some(({ name, collation }) => primaryKey.includes(name) && collation !== null)

const readServer = (session: ReadSession) =>
  session.row(
    z.object({ version: z.string(), fastReorg: z.number() }),
    `SELECT VERSION() AS version, @@GLOBAL.${variable} AS fastReorg`,
  )

/**
 * Adds indexes by `work`, with fast reorg OFF where it could write wrong entries: before 7.5.5, on a table
 * whose clustered primary key has a string column (#58036). It is ON again afterwards; a run that is killed
 * leaves it OFF, which is slower and safe.
 */
export const withSafeReorg = async (
  runner: StepRunner,
  session: ReadSession,
  added: { phase: Phase; snapshot: Snapshot; indexes: readonly Index[] },
  work: () => Promise<Step[]>,
): Promise<Step[]> => {
  const { version, fastReorg } = await readServer(session)
  const release = parseRelease(version)
  const tables = added.indexes.flatMap(({ table }) => findTable(added.snapshot, table) ?? [])
  const isAtRisk =
    fastReorg === 1 &&
    release !== undefined &&
    !isAtLeast(release, fixedIn) &&
    tables.some(hasClusteredStringKey)
  if (!isAtRisk) return work()
  const turn = (to: 'OFF' | 'ON') =>
    planStep(
      added.phase,
      'setting',
      { table: '', name: `${variable} ${to}` },
      `SET GLOBAL ${variable} = ${to}`,
    )
  runner.say(`${variable} is OFF while indexes are added: on this version it could damage them (#58036)`)
  return [
    ...(await runSteps(runner, [turn('OFF')])),
    ...(await work()),
    ...(await runSteps(runner, [turn('ON')])),
  ]
}
