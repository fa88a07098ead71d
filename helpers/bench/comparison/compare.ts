import { z } from 'zod'
import type { Settings } from '../../core/config/settings.ts'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { qualifiedName } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { openReadSession, type ServerAddress } from '../../core/server/session.ts'
import { startEngineFor } from '../../core/server/start.ts'
import type { Migration } from '../../migrate/folder/migration.ts'
import { differenceOf } from '../../migrate/lock/difference.ts'
import type { Lock } from '../../migrate/lock/lock.ts'
import { thisMachine } from '../../report/machine.ts'
import { prepareDatabase } from '../../run/prepare/prepare.ts'
import { percentOf, type Sample, type WayComparison } from './figures.ts'
import { coveredMs, readJobSpans } from './server-time.ts'
import { type Way, waysFor } from './ways.ts'

interface WayComparisonOptions {
  readonly settings: Settings
  readonly migration: Migration
  readonly lock: Lock
  readonly rounds: number
  readonly say: (line: string) => void
}

/** The server's version. Throws COMPARISON_INCOMPLETE when a way left a part out, and so may have been fast for nothing. */
export const assertApplied = async (
  address: ServerAddress,
  way: Pick<Way, 'title'>,
  lock: Lock,
): Promise<string> => {
  await using session = await openReadSession(address)
  const { version } = await session.row(z.object({ version: z.string() }), 'SELECT VERSION() AS version')
  const { indexes, constraints } = differenceOf(lock.adds, await readSnapshot(session))
  const lacking = [...indexes.missing, ...constraints.missing].map(qualifiedName)
  if (lacking.length === 0) return version
  throw new HarnessError('COMPARISON_INCOMPLETE', {
    what: `After ${way.title} this is missing: ${lacking.join(', ')}.`,
    why: 'A way that adds less is no way to compare with.',
    next: 'Look at its scripts: the CHECK switch has to be ON before the first constraint.',
  })
}

/** Times one way on an engine and a database of its own, so that nothing of the way before it is left. */
const timeWay = async (way: Way, { settings, migration, lock, say }: WayComparisonOptions) => {
  await using engine = await startEngineFor(settings, () => {})
  await prepareDatabase(engine, migration, { ...settings, say: () => {} })
  const address = { ...engine.address, database: migration.database }
  const startedAt = Date.now()
  const started = performance.now()
  const others = await way.apply({ ...engine, address })
  const ms = Math.round(performance.now() - started)
  const version = await assertApplied(address, way, lock)
  await using session = await openReadSession(address)
  const serverMs =
    others === undefined ? undefined : coveredMs([...(await readJobSpans(session, startedAt)), ...others])
  const share = serverMs === undefined ? '' : `, ${percentOf(1 - serverMs / ms)} of it its own`
  say(`${way.id.padEnd(8)} ${(ms / 1000).toFixed(2).padStart(7)} s${share}`)
  return { ms, version, ...(serverMs === undefined ? {} : { serverMs }) }
}

/** The ways in the order of a round: each one is first once, second once, and so on. */
export const rotated = <T>(items: readonly T[], by: number): T[] =>
  items.map((_, at) => items[(at + by) % items.length] as T)

/**
 * Runs all ways once a round, one after the other and in another order each time, at the scale of the settings.
 * Returns all times. Throws WAY_STOPPED or COMPARISON_INCOMPLETE.
 */
export const compareWays = async (options: WayComparisonOptions): Promise<WayComparison> => {
  const { settings, migration, lock, rounds, say } = options
  const startedAt = new Date()
  const able: Way[] = []
  const skipped: WayComparison['skipped'] = []
  for (const way of waysFor({ migration, lock, settings })) {
    const reason = await way.missing()
    if (reason === undefined) able.push(way)
    else {
      skipped.push({ way: way.id, reason })
      say(`skipped  ${way.id}: ${reason}`)
    }
  }
  const samples: Sample[] = []
  let server = ''
  for (let round = 1; round <= rounds; round++) {
    say(`${settings.SCALE}, round ${round} of ${rounds}`)
    for (const way of rotated(able, round - 1)) {
      const { version, ...times } = await timeWay(way, options)
      server = version
      samples.push({ way: way.id, round, ...times })
    }
  }
  return {
    schemaVersion: 1,
    scale: settings.SCALE,
    migration: migration.name,
    lock: lock.hash,
    server,
    machine: thisMachine(),
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    connections: settings.CONNECTIONS,
    rounds,
    samples,
    skipped,
  }
}
