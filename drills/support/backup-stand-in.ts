import { join } from 'node:path'
import { runCli, type SuiteOutcome } from '../../helpers/run/suite-process.ts'
import { drillDatabase } from './fixture.ts'
import { writeTestPass } from './pass.ts'
import { type StandIn, startStandIn } from './stand-in.ts'

/** A stand-in production with a rehearsal pass, and a folder for its backups. */
export interface BackupStandIn extends AsyncDisposable {
  readonly prod: StandIn
  readonly backups: string
  /** `npm run backup`, as the account that can only read. */
  backUp(variables?: Record<string, string>): Promise<Awaited<ReturnType<typeof runCli>>>
  /** A run that may change the target, with no more of it than the backup: nothing is applied. */
  apply(variables: Record<string, string>, specs?: readonly string[]): Promise<SuiteOutcome>
}

export const startBackupStandIn = async (): Promise<BackupStandIn> => {
  const prod = await startStandIn()
  await writeTestPass(prod.reports)
  const backups = join(prod.reports, '../backups')
  return {
    prod,
    backups,
    backUp: async (variables = {}) => {
      const given = { ...prod.as('migration_check'), BACKUP_DIR: backups, ...variables }
      const outcome = await runCli('helpers/cli/backup.ts', given)
      prod.said.push(outcome.all)
      return outcome
    },
    apply: (variables, specs = ['specs/01-preflight', 'specs/02-backup']) =>
      prod.run({ ...prod.as('migration_apply'), MODE: 'apply', CONFIRM: drillDatabase, ...variables }, [
        ...specs,
      ]),
    [Symbol.asyncDispose]: () => prod[Symbol.asyncDispose](),
  }
}
