import { z } from 'zod'
import { HarnessError } from '../core/errors/harness-error.ts'
import type { ReadSession } from '../core/server/session.ts'
import type { NamedStatement } from '../migrate/folder/named-statements.ts'
import { type Journal, purchaseLog } from './journal.ts'

/** How the books of the database stand against what the buyers know. */
export interface Accounts {
  readonly acknowledged: number
  /** Purchases that failed for their buyer and are in the database all the same. */
  readonly madeWithoutAnswer: readonly string[]
  /** Purchases that failed for their buyer, with the reason, and are not in the database. */
  readonly notMade: readonly { readonly purchase: string; readonly reason: string }[]
  /** What is wrong, one line each. */
  readonly faults: readonly string[]
}

const purchasesStatement = 'purchases'
const shownAtMost = 5

const some = (codes: readonly string[]): string =>
  `${codes.slice(0, shownAtMost).join(', ')}${codes.length > shownAtMost ? ', …' : ''}`

const faultLines = (codes: readonly string[], what: string): string[] =>
  codes.length === 0 ? [] : [`${codes.length} ${what}: ${some(codes)}`]

/** Balances the journal against accounts.sql of the application. Reads only. */
export const readAccounts = async (
  session: ReadSession,
  statements: readonly NamedStatement[],
  { acknowledged, unknown }: Journal,
): Promise<Accounts> => {
  const list = statements.find(({ name }) => name === purchasesStatement)
  if (list === undefined) {
    throw new HarnessError('STATEMENTS_INVALID', {
      what: `accounts.sql has no statement "${purchasesStatement}".`,
      next: 'Add one that gives the code of each purchase in the column `purchase`; see sql/v3/application.',
    })
  }
  const rows = await session.rows(z.object({ purchase: z.string() }), list.sql)
  const made = rows.map(({ purchase }) => purchase)
  const inBooks = new Set(made)
  const counted: string[] = []
  for (const { name, about, sql } of statements) {
    if (name === purchasesStatement) continue
    const { count } = await session.row(z.object({ count: z.coerce.number() }), sql)
    if (count !== 0) counted.push(`${count} ${about['title'] ?? name} (${name})`)
  }
  return {
    acknowledged: acknowledged.size,
    madeWithoutAnswer: [...unknown.keys()].filter((code) => inBooks.has(code)),
    notMade: [...unknown]
      .filter(([code]) => !inBooks.has(code))
      .map(([purchase, reason]) => ({ purchase, reason })),
    faults: [
      ...faultLines(
        [...acknowledged].filter((code) => !inBooks.has(code)),
        'purchases were acknowledged and are lost',
      ),
      ...faultLines(
        made.filter((code, at) => made.indexOf(code) !== at),
        'purchases are there more than once',
      ),
      ...faultLines(
        made.filter((code) => !acknowledged.has(code) && !unknown.has(code)),
        'purchases are there that nobody made',
      ),
      ...counted,
    ],
  }
}

/** Throws PURCHASES_WRONG when a purchase is lost, doubled or incomplete, and NO_PURCHASES when there is none to account for. */
export const assertAccounted = ({ faults, acknowledged }: Accounts): void => {
  if (faults.length > 0) {
    throw new HarnessError('PURCHASES_WRONG', {
      what: `The purchases made while the migration ran do not add up:\n    ${faults.join('\n    ')}`,
      next: `${purchaseLog.name} in the report folder has every purchase; accounts.sql has the queries that found it.`,
    })
  }
  if (acknowledged > 0) return
  throw new HarnessError('NO_PURCHASES', {
    what: 'No purchase was acknowledged, so there is nothing to account for.',
    next: 'Set TRAFFIC_RATE higher, or see in application.traffic why none came through.',
  })
}
