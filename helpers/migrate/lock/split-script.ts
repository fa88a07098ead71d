import { serverErrorNumber } from '../../core/errors/server-error.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { quoteText } from '../../core/text/quote.ts'

const preparesSeveral = 8115

/** Whether the server reads a text as several statements. PREPARE parses before all else, and runs nothing. */
const isSeveral = async (session: WriteSession, text: string): Promise<boolean> => {
  try {
    await session.run(`PREPARE split_script FROM ${quoteText(text)}`)
  } catch (error) {
    return serverErrorNumber(error) === preparesSeveral
  }
  await session.run('DEALLOCATE PREPARE split_script')
  return false
}

// A semicolon in a comment ends nothing. One from -- swallows what follows on its line, and not on the next; one that is
// run, such as /*!50000 … */, can be closed.
const endsStatement = async (session: WriteSession, text: string): Promise<boolean> =>
  (await isSeveral(session, `${text} SELECT 1`)) &&
  (await isSeveral(session, `${text}\nSELECT 1`)) &&
  !(await isSeveral(session, `${text}*/ SELECT 1`))

/**
 * The statements of a script, each with the semicolon that ends it and the comments before it. The server's own parser says
 * which semicolon ends one. A text that it cannot read stays whole, so that the server can say so when it is run.
 */
export const splitScript = async (session: WriteSession, script: string): Promise<string[]> => {
  const statements: string[] = []
  let start = 0
  for (let at = script.indexOf(';'); at >= 0; at = script.indexOf(';', at + 1)) {
    const text = script.slice(start, at + 1)
    if (!(await endsStatement(session, text))) continue
    statements.push(text.trim())
    start = at + 1
  }
  const rest = script.slice(start).trim()
  return rest === '' ? statements : [...statements, rest]
}
