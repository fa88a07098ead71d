import { messageOf } from '../errors/harness-error.ts'
import { serverErrorNumber } from '../errors/server-error.ts'

/** What the server answered, or why it cannot be asked. */
export type Available<T> = { readonly found: T } | { readonly reason: string }

/**
 * Asks for something that not every server has: TiDB Cloud Starter lacks SLOW_QUERY and STATEMENTS_SUMMARY.
 * A refusal by the server becomes the reason; a lost connection is thrown.
 */
export const askIfThere = async <T>(what: string, ask: () => Promise<T>): Promise<Available<T>> => {
  try {
    return { found: await ask() }
  } catch (error) {
    const number = serverErrorNumber(error)
    if (number === undefined || number <= 0) throw error
    return { reason: `could not check, ${what} cannot be read here: error ${number}: ${messageOf(error)}` }
  }
}
