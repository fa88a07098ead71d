import { z } from 'zod'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import type { Claim } from '../../core/record/claim.ts'
import type { Snapshot } from '../../core/schema/model.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { quoteText } from '../../core/text/quote.ts'
import type { NamedStatement } from '../../migrate/folder/named-statements.ts'
import { settingClaim, variableSetBy } from './claim-of-setting.ts'

const limit = z
  .string()
  .regex(/^-?\d+$/, { error: 'a whole number' })
  .transform(Number)
  .optional()

const claimHeader = z
  .strictObject({
    section: z.enum(['preflight', 'postconditions']),
    claim: z.string().min(1),
    kind: z.enum(['count', 'answers', 'parses', 'refused', 'sets']),
    min: limit,
    max: limit,
    truth: z.enum(['indexes', 'constraints', 'views']).optional(),
    watch: z.string().regex(/^\w+$/, { error: 'the name of a variable' }).optional(),
  })
  // A count without any of them would hold whatever the server answers; elsewhere nothing would read them.
  .refine(({ kind, min, max, truth }) => (kind === 'count') === ((min ?? max ?? truth) !== undefined), {
    error: 'min, max and truth are for kind: count, which needs one of them',
    path: ['kind'],
  })
  .refine(({ kind, watch }) => (kind === 'sets') === (watch !== undefined), {
    error: 'watch is for kind: sets, which needs it',
    path: ['watch'],
  })

type Verdict = Omit<Claim, 'section'>
type Header = z.infer<typeof claimHeader>

const invalid = (name: string, what: string): HarnessError =>
  new HarnessError('CLAIM_INVALID', {
    what: `claims.sql, "${name}": ${what}`,
    next: 'Correct it; the top of sql/v3/claims.sql explains the lines of its header.',
  })

/** The header of a statement in claims.sql. Throws CLAIM_INVALID with what it lacks. */
export const headerOf = (statement: NamedStatement): Header => {
  const parsed = claimHeader.safeParse(statement.about)
  if (parsed.success) return parsed.data
  throw invalid(statement.name, z.prettifyError(parsed.error))
}

const isCounted = (name: string) => name.toLowerCase().startsWith('idx_')

/** What the schema really holds, counted from SHOW CREATE TABLE. */
export const truthOf = (snapshot: Snapshot): Record<'indexes' | 'constraints' | 'views', number> => ({
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
  header: Header,
  sql: string,
  snapshot: Snapshot,
): Promise<Verdict> => {
  const { answer } = await session.row(answerShape, sql)
  const truth = header.truth === undefined ? undefined : truthOf(snapshot)[header.truth]
  const inRange =
    answer >= (header.min ?? Number.NEGATIVE_INFINITY) && answer <= (header.max ?? Number.POSITIVE_INFINITY)
  return {
    claim: header.claim,
    verdict: inRange && answer === (truth ?? answer) ? 'held' : 'refuted',
    measured: `the guide's query answers ${answer}${truth === undefined ? '' : `; the schema holds ${truth}`}`,
  }
}

const answersClaim = async (session: WriteSession, { claim }: Header, sql: string): Promise<Verdict> => {
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
  { claim, kind }: Header,
  { name, sql }: NamedStatement,
): Promise<Verdict> => {
  const verdict = (parses: boolean) => (parses === (kind === 'parses') ? 'held' : 'refuted')
  try {
    await session.run(`PREPARE guide_statement FROM ${quoteText(sql)}`)
    await session.run('DEALLOCATE PREPARE guide_statement')
    return { claim, verdict: verdict(true), measured: 'the server parses it' }
  } catch (error) {
    const number = numberOf(error)
    if (number === notOneStatement) throw invalid(name, 'it is not one statement')
    const parses = afterParsing.has(number)
    const measured = `${parses ? 'the server parses it, then says ' : ''}${errorText(error)}`
    return { claim, verdict: verdict(parses), measured }
  }
}

/** Asks the server about one claim of the guide. Throws what is no answer: a lost connection, a broken query. */
export const testClaim = async (
  session: WriteSession,
  statement: NamedStatement,
  snapshot: Snapshot,
): Promise<Verdict> => {
  const header = headerOf(statement)
  switch (header.kind) {
    case 'count':
      return countClaim(session, header, statement.sql, snapshot)
    case 'answers':
      return answersClaim(session, header, statement.sql)
    case 'parses':
    case 'refused':
      return syntaxClaim(session, header, statement)
    case 'sets':
      if (variableSetBy(statement.sql) === undefined)
        throw invalid(statement.name, 'it is no SET GLOBAL name = value')
      return settingClaim(session, { claim: header.claim, sql: statement.sql, watch: header.watch ?? '' })
  }
}
