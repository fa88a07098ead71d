import { loadSettings } from '../../core/config/load.ts'
import { readStructure, type Structure } from '../../core/schema/read-structure.ts'
import { openReadSession } from '../../core/server/session.ts'
import { startTarget } from '../../core/server/start.ts'

// What of the environment says how to reach the target; the rest is about the rehearsal.
const reaching = ['DATABASE_URL', 'TLS_CA', 'ALLOW_PLAINTEXT', 'STATEMENT_SECONDS'] as const

/**
 * Reads the structure of a target of the user's own, which BASELINE_FROM names. Reads only, and no row of a table. Throws
 * what reaching that target throws.
 */
export const readBaselineFrom = async (
  root: string,
  target: string,
  say: (line: string) => void,
): Promise<Structure> => {
  // A variable that is not set must not hide what the target's file says.
  const set = reaching.filter((name) => process.env[name] !== undefined)
  const environment = Object.fromEntries(set.map((name) => [name, process.env[name]]))
  const settings = loadSettings(root, { ...environment, TARGET: target, MODE: 'check', BASELINE_FROM: '' })
  const { address, sessionOptions, version } = await startTarget(settings, say)
  await using session = await openReadSession(address, sessionOptions)
  const structure = await readStructure(session)
  say(
    `baseline from ${target}, ${version}, database ${structure.database}: ${structure.tables.length} tables, ${structure.views.length} views; structure only, no row was read`,
  )
  if (structure.leftOut.length > 0)
    say(`left out, because a rehearsal has no use for it: ${structure.leftOut.join(', ')}`)
  return structure
}
