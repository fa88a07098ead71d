import { messageOf } from '../../core/errors/harness-error.ts'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { readPrivileges } from '../preflight/privileges.ts'

/** What the server answered, or why it cannot be asked. */
export type Available<T> = { readonly found: T } | { readonly reason: string }

/**
 * Asks for something that not every server has, nor shows to every account: TiDB Cloud Starter lacks SLOW_QUERY and
 * STATEMENTS_SUMMARY. A refusal by the server becomes the reason; a lost connection is thrown.
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

/** The same for what others did: without PROCESS the server shows an account its own statements, and no error. */
export const askOfAll = async <T>(
  session: ReadSession,
  what: string,
  ask: () => Promise<T>,
): Promise<Available<T>> => {
  const { account, has } = await readPrivileges(session, '')
  if (has('PROCESS')) return askIfThere(what, ask)
  return { reason: `could not check, needs PROCESS: in ${what} ${account} sees only its own statements` }
}
