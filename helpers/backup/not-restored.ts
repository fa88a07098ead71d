import { HarnessError } from '../core/errors/harness-error.ts'

/** Why a backup of so many rows is not restored on this machine; undefined when it is. `about` marks an estimate. */
export const overBudget = (rows: number, budgetRows: number, about = ''): string | undefined =>
  rows <= budgetRows
    ? undefined
    : `${about}${rows.toLocaleString('en')} rows are more than CHECK_BUDGET_ROWS=${budgetRows}`

/** What is typed to have a backup of so many rows restored, or to go without. The budget is raised for the backup alone: a run on the target goes by it too. */
export const nextOverBudget = (rows: number, targetName: string, evidence: string): string =>
  `CHECK_BUDGET_ROWS=${rows} TARGET=${targetName} npm run backup   # or more rows; then BACKUP_MANIFEST=<what it prints>\n        or take one on trust: BACKUP_EVIDENCE="${evidence}"`

/** What helps where there is no second server. */
export const nextWithoutScratch =
  'Have Go on the PATH, or set TIDB_SERVER_BIN, so that a second server can be started here.\n        or take a backup on trust: BACKUP_EVIDENCE="<id or link>"'

/** The error of a backup that nothing has restored: its files come from the tool, what they should hold from the server. */
export const notRestored = (what: string, next: string): HarnessError =>
  new HarnessError('BACKUP_NOT_RESTORED', {
    what,
    why: 'Only a restore shows that what the tool wrote is what the server held, so it is no proof of a backup.',
    next,
  })
