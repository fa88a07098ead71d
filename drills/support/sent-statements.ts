import { expect } from 'vitest'
import { z } from 'zod'
import type { StandIn } from './stand-in.ts'

/** Forgets what all accounts sent until now: a statement is booked for the account that sent it first. */
export const forgetStatements = (prod: StandIn) =>
  prod.sql('SET GLOBAL tidb_enable_stmt_summary = OFF', 'SET GLOBAL tidb_enable_stmt_summary = ON')

/** What the server booked of the statements of an account. */
export const sentBy = async (prod: StandIn, account: string) => {
  await using session = await prod.connect()
  return await session.rows(
    z.object({ type: z.string(), text: z.string() }),
    `SELECT DISTINCT STMT_TYPE AS type, IFNULL(DIGEST_TEXT, '') AS text
       FROM information_schema.cluster_statements_summary WHERE SAMPLE_USER = ?`,
    [account],
  )
}

/** Kinds of statements that change nothing, as the server calls them. */
export const reading = ['Select', 'Show', 'Set', 'Use', 'ExplainSQL', 'Admin']

/** Fails when an account sent anything that does more than read. */
export const expectOnlyReads = async (prod: StandIn, account: string) => {
  const sent = await sentBy(prod, account)
  expect(sent.length).toBeGreaterThan(20)
  // v7.5.0 books a UNION as "other".
  const isUnion = ({ type, text }: { type: string; text: string }) =>
    type === 'other' && /^\(?select /i.test(text)
  expect(sent.filter((one) => !reading.includes(one.type) && !isUnion(one))).toEqual([])
  expect(sent.filter(({ type, text }) => type === 'Set' && /global/i.test(text))).toEqual([])
}
