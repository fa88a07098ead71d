import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { HarnessError, messageOf } from '../errors/harness-error.ts'
import { parseSettings, type Settings } from './settings.ts'
import { targetName } from './variables/kinds.ts'

type Raw = Readonly<Record<string, string | undefined>>

const readEnvFile = (path: string): Raw => {
  if (!existsSync(path)) return {}
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new HarnessError('CONFIG_INVALID', {
      what: `${path} cannot be read: ${messageOf(cause)}`,
      why: 'Nothing was started.',
      next: 'Make it a file that you may read, or take it away.',
      cause,
    })
  }
}

/**
 * Reads `.env`, then `.env.<TARGET>`, then the environment; the later wins, and an empty value unsets an
 * earlier one. A TARGET inside of `.env.<TARGET>` is not read: by then the target is chosen.
 * Throws CONFIG_INVALID, which names each variable, its value and what is allowed.
 */
export const loadSettings = (root: string, environment: Raw = process.env): Settings => {
  const shared = { ...readEnvFile(join(root, '.env')), ...environment }
  const target = shared['TARGET'] || 'embedded'
  const ownFile = targetName.test(target) ? `.env.${target}` : undefined
  const ofTarget = ownFile === undefined ? {} : readEnvFile(join(root, ownFile))
  const parsed = parseSettings({
    ...shared,
    ...ofTarget,
    ...environment,
    TARGET: shared['TARGET'],
  })
  if ('settings' in parsed) return parsed.settings
  const lines = parsed.problems.map(
    ({ variable, value, allowed }) =>
      `${variable} is ${value === undefined ? 'not set' : JSON.stringify(value)}; allowed: ${allowed}`,
  )
  throw new HarnessError('CONFIG_INVALID', {
    what: lines.join('\n  '),
    why: 'Nothing was started.',
    next: `Correct it in the environment${ownFile === undefined ? '' : `, ${ownFile}`} or .env; .env.example explains every variable.`,
    fields: { problems: parsed.problems },
  })
}
