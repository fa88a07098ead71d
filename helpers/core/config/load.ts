import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { HarnessError, messageOf } from '../errors/harness-error.ts'
import { parseSettings, type Settings } from './settings.ts'
import { isThrowAwayName, targetName } from './variables/kinds.ts'

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

// What stands in a file was meant for another day.
const assertTypedByHand = (files: Raw, environment: Raw): void => {
  const armed = ['apply', 'rollback'].includes(files['MODE'] ?? '') && !environment['MODE']
  const named = [
    ...(armed ? [`MODE=${files['MODE']}`] : []),
    ...(files['CONFIRM'] && !environment['CONFIRM'] ? ['CONFIRM'] : []),
  ]
  if (named.length === 0) return
  throw new HarnessError('CONFIG_INVALID', {
    what: `${named.join(' and ')} stands in a file.`,
    why: 'A run that changes a target is typed by hand, whole, each time. Nothing was started.',
    next: `Take it out of the file, and type it in front of the command: ${named[0]?.startsWith('MODE') ? named[0] : 'CONFIRM=<database>'} … npx vitest run`,
  })
}

// Many a tool sets DATABASE_URL, and then TARGET=staging would change what it names.
const assertOneAddress = (ofTarget: Raw, environment: Raw, ownFile: string | undefined): void => {
  const [inFile, typed] = [ofTarget['DATABASE_URL'], environment['DATABASE_URL']]
  if (!['apply', 'rollback'].includes(environment['MODE'] ?? '')) return
  if (!inFile || !typed || inFile === typed) return
  throw new HarnessError('CONFIG_INVALID', {
    what: `DATABASE_URL in the environment and in ${ownFile} lead to two places.`,
    why: 'A run that changes a target must not have to guess which one. Nothing was started.',
    next: `Take it out of one of them; for this command: env -u DATABASE_URL … npx vitest run`,
  })
}

interface Sources {
  readonly ofTarget: Raw
  readonly environment: Raw
  readonly target: string
}

// A target is more than a label: under the name of one, no other may be changed. What .env holds belongs to none of them.
const assertAddressOfTarget = ({ ofTarget, environment, target }: Sources): void => {
  if (isThrowAwayName(target) || !targetName.test(target)) return
  if (ofTarget['DATABASE_URL'] || environment['DATABASE_URL']) return
  if (!['apply', 'rollback'].includes(environment['MODE'] ?? '')) return
  throw new HarnessError('CONFIG_INVALID', {
    what: `DATABASE_URL of the target ${target} stands neither in .env.${target} nor in front of the command.`,
    why: 'A run that changes a target takes its address from nowhere else. Nothing was started.',
    next: `Put it into .env.${target}, or correct TARGET.`,
  })
}

const assertTargetThere = (root: string, { environment, target }: Sources, shared: Raw): void => {
  if (isThrowAwayName(target) || !targetName.test(target)) return
  const isTyped = Boolean(environment['TARGET'])
  if (!isTyped || environment['DATABASE_URL'] || existsSync(join(root, `.env.${target}`))) return
  // Without any address the refusal that names all that is missing is the better one.
  if (!shared['DATABASE_URL']) return
  throw new HarnessError('CONFIG_INVALID', {
    what: `There is no .env.${target}, and DATABASE_URL was not typed with TARGET=${target}.`,
    why: 'The address in .env is of no target in particular, and the report would name the wrong one. Nothing was started.',
    next: `Correct TARGET, or make .env.${target} with the DATABASE_URL of that target.`,
  })
}

/**
 * Reads `.env`, then `.env.<TARGET>`, then the environment; the later wins, and an empty value unsets an
 * earlier one. A TARGET inside of `.env.<TARGET>` is not read: by then the target is chosen.
 * On apply and rollback the address comes from `.env.<TARGET>` or the environment, never from `.env`.
 * Throws CONFIG_INVALID, which names each variable, its value and what is allowed.
 */
export const loadSettings = (root: string, environment: Raw = process.env): Settings => {
  const shared = { ...readEnvFile(join(root, '.env')), ...environment }
  const target = shared['TARGET'] || 'embedded'
  const ownFile = targetName.test(target) ? `.env.${target}` : undefined
  const ofTarget = ownFile === undefined ? {} : readEnvFile(join(root, ownFile))
  assertOneAddress(ofTarget, environment, ownFile)
  const sources = { ofTarget, environment, target }
  assertAddressOfTarget(sources)
  assertTargetThere(root, sources, shared)
  assertTypedByHand({ ...readEnvFile(join(root, '.env')), ...ofTarget }, environment)
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
