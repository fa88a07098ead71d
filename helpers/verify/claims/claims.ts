import { z } from 'zod'
import { messageOf } from '../../core/errors/harness-error.ts'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import type { Claim } from '../../core/record/claim.ts'
import type { Snapshot } from '../../core/schema/model.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { quoteText } from '../../core/text/quote.ts'
import { settingClaim, variableSetBy } from './claim-of-setting.ts'
import { type ClaimOf, invalidClaim, type StatementClaim } from './guide-claim.ts'

type Verdict = Omit<Claim, 'section'>

const isCounted = (name: string) => name.toLowerCase().startsWith('idx_')

/** What the schema really holds, counted from SHOW CREATE TABLE. */
export const schemaCountsOf = (snapshot: Snapshot): Record<'indexes' | 'constraints' | 'views', number> => ({
  indexes: snapshot.tables.flatMap(({ indexes }) => indexes).filter(({ name }) => isCounted(name)).length,
  constraints: snapshot.tables.flatMap(({ constraints }) => constraints).length,
  views: snapshot.views.length,
})

const numberOf = (error: unknown): number => {
  const number = serverErrorNumber(error)
  // A socket's errno is negative: a lost connection says nothing of the claim.
  if (number === undefined || number < 0) throw error
  return number
}

const errorText = (error: unknown): string => `error ${numberOf(error)}: ${messageOf(error)}`

const answerShape = z.object({
  answer: z.union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ]),
})

const countClaim = async (
  session: WriteSession,
  header: ClaimOf<'count'>,
  snapshot: Snapshot,
): Promise<Verdict> => {
  const { answer } = await session.row(answerShape, header.sql)
  const truth = header.truth === undefined ? undefined : schemaCountsOf(snapshot)[header.truth]
  const inRange =
    answer >= (header.min ?? Number.NEGATIVE_INFINITY) && answer <= (header.max ?? Number.POSITIVE_INFINITY)
  return {
    claim: header.claim,
    verdict: inRange && answer === (truth ?? answer) ? 'held' : 'refuted',
    measured: `the guide's query answers ${answer}${truth === undefined ? '' : `; the schema holds ${truth}`}`,
  }
}

const answersClaim = async (session: WriteSession, { claim, sql }: StatementClaim): Promise<Verdict> => {
  try {
    const rows = await session.rows(z.unknown(), sql)
    return { claim, verdict: rows.length > 0 ? 'held' : 'refuted', measured: `${rows.length} rows` }
  } catch (error) {
    return { claim, verdict: 'refuted', measured: errorText(error) }
  }
}

// What PREPARE says of a statement that it could parse: 1046, 1049, 1054 and 1146 are names that it does not
// find, 1295 is a statement that cannot be prepared.
const afterParsing = new Set([1046, 1049, 1054, 1146, 1295])
const notOneStatement = 8115

// PREPARE parses the statement and does not run it.
const syntaxClaim = async (
  session: WriteSession,
  { name, claim, kind, sql }: StatementClaim,
): Promise<Verdict> => {
  const verdict = (parses: boolean) => (parses === (kind === 'parses') ? 'held' : 'refuted')
  try {
    await session.run(`PREPARE guide_statement FROM ${quoteText(sql)}`)
    await session.run('DEALLOCATE PREPARE guide_statement')
    return { claim, verdict: verdict(true), measured: 'the server parses it' }
  } catch (error) {
    const number = numberOf(error)
    if (number === notOneStatement) throw invalidClaim(name, 'it is not one statement')
    const parses = afterParsing.has(number)
    const measured = `${parses ? 'the server parses it, then says ' : ''}${errorText(error)}`
    return { claim, verdict: verdict(parses), measured }
  }
}

/** Asks the server about one claim of the guide. Throws what is no answer: a lost connection, a broken query. */
export const testClaim = async (
  session: WriteSession,
  asked: StatementClaim,
  snapshot: Snapshot,
): Promise<Verdict> => {
  switch (asked.kind) {
    case 'count':
      return countClaim(session, asked, snapshot)
    case 'answers':
      return answersClaim(session, asked)
    case 'parses':
    case 'refused':
      return syntaxClaim(session, asked)
    case 'sets':
      if (variableSetBy(asked.sql) === undefined)
        throw invalidClaim(asked.name, 'it is no SET GLOBAL name = value')
      return settingClaim(session, asked)
  }
}
