import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { z } from 'zod'
import { pollUntil } from '../core/async/poll-until.ts'
import { HarnessError, messageOf } from '../core/errors/harness-error.ts'
import { userName } from '../core/process/user-name.ts'
import {
  type Endpoint,
  openRawWriteSession,
  openReadSession,
  type ReadSession,
  type WriteSession,
} from '../core/server/session.ts'

/**
 * The lease that one runner holds for a cluster, on a connection of its own. For the whole cluster, because a migration
 * sets global variables and puts them back: of two on two databases, one would take them away under the other.
 */
export interface RunnerLease {
  readonly name: string
  /** What the connection that holds it shows in the process list, and no other does. */
  readonly mark: string
}

export interface HeldLease extends RunnerLease, AsyncDisposable {}

const heartbeatSeconds = 2
// A runner that was just killed holds it until its heartbeat ends: the server notices a closed connection only then.
const patienceSeconds = 5
// TiDB keeps the lock in a transaction that it lets live for an hour (max-txn-ttl), and TiDB Cloud cuts every connection
// after about 30 minutes: the lock moves to a new connection before either.
const renewAfterMs = 20 * 60_000
const tag = 'migration-harness runner'

const name = 'migration-harness'

// Between two heartbeats the lease's connection shows nothing for a moment.
const betweenBeats = { everyMs: 200, limitMs: 3_000 }

const holderRow = z.object({ id: z.coerce.number(), user: z.string(), host: z.string(), info: z.string() })

const describeHolder = async ({ address, sessionOptions }: Endpoint): Promise<string> => {
  await using session = await openReadSession(address, sessionOptions)
  const holder = await pollUntil(async () => {
    const found = await session.rows(
      holderRow,
      `SELECT ID AS id, USER AS user, HOST AS host, INFO AS info FROM information_schema.cluster_processlist
        WHERE INFO LIKE 'SELECT SLEEP%' AND INFO LIKE ?`,
      [`%${tag}%`],
    )
    return found[0]
  }, betweenBeats)
  if (holder === undefined) return 'another session (this account may not see it; PROCESS shows all)'
  const words = /runner (.*?), run [\w-]+ \*\//.exec(holder.info)?.[1] ?? holder.info
  return `${words}, connection ${holder.id} of ${holder.user} from ${holder.host}`
}

const held = (what: string): HarnessError =>
  new HarnessError('ANOTHER_RUNNER', {
    what,
    why: 'Two runners on one cluster would get into each other. Nothing was changed.',
    next: 'Let the other one end, or end it where it runs. The lock goes with its connection.',
  })

const take = async (session: WriteSession, name: string): Promise<boolean> => {
  const { got } = await session.ask(z.object({ got: z.number() }), 'SELECT GET_LOCK(?, ?) AS got', [
    name,
    patienceSeconds,
  ])
  return got === 1
}

/**
 * Takes the lease of the cluster and keeps it on a connection of its own until disposed. What that connection
 * runs names the runner and since when, so that others can see it in the process list. `onLost` is called once when the
 * connection or the lease is gone. Throws ANOTHER_RUNNER with who holds it and since when.
 */
export const takeRunnerLease = async (
  target: Endpoint,
  onLost: (why: string) => void,
  options: { renewMs?: number } = {},
): Promise<HeldLease> => {
  const { renewMs = renewAfterMs } = options
  const { address } = target
  // Without a limit for statements: a heartbeat sleeps.
  let session = await openRawWriteSession(address)
  if (!(await take(session, name))) {
    await session[Symbol.asyncDispose]()
    throw held(`The cluster of ${address.database} is in the hands of ${await describeHolder(target)}.`)
  }
  const who = `${userName()}@${hostname()} pid ${process.pid}`.replace(/[^\w@. -]/g, '_')
  const mark = `run ${randomUUID()}`
  const words = `${tag} ${who} on ${(address.database ?? '').replace(/[^\p{L}\p{N}_. -]/gu, '_')} since ${new Date().toISOString()}, ${mark}`
  let isOver = false
  const renew = async () => {
    const next = await openRawWriteSession(address)
    const last = session
    session = next
    await last.ask(z.unknown(), 'SELECT RELEASE_LOCK(?)', [name])
    await last[Symbol.asyncDispose]()
    if (!(await take(next, name))) throw new Error('another runner took the lock while it was renewed')
  }
  const beat = async () => {
    let renewAt = performance.now() + renewMs
    while (!isOver) {
      await session.ask(z.unknown(), `SELECT SLEEP(${heartbeatSeconds}) AS slept /* ${words} */`)
      if (isOver || performance.now() < renewAt) continue
      renewAt = performance.now() + renewMs
      await renew()
    }
  }
  void beat().catch((cause: unknown) => {
    if (isOver) return
    // Steps look for this connection: one that lost the lease may not go on being found.
    void session[Symbol.asyncDispose]()
    onLost(messageOf(cause))
  })
  return {
    name,
    mark,
    [Symbol.asyncDispose]: async () => {
      isOver = true
      await session[Symbol.asyncDispose]()
    },
  }
}

// IS_USED_LOCK of v7.5 answers 1 and never the connection's id, and takes a second for it. A lock of TiDB goes with its
// connection and nothing else, so whether that one lives is the answer.
const isSeen = async (session: ReadSession, { mark }: RunnerLease): Promise<boolean> => {
  const { alive } = await session.row(
    z.object({ alive: z.coerce.number() }),
    `SELECT COUNT(*) AS alive FROM information_schema.cluster_processlist
      WHERE INFO LIKE 'SELECT SLEEP%' AND INFO LIKE ?`,
    [`%${mark}%`],
  )
  return alive > 0
}

/** Throws RUNNER_LOCK_LOST unless the lease's connection still lives and holds it. */
export const assertRunnerLease = async (session: ReadSession, lease: RunnerLease): Promise<void> => {
  if (await pollUntil(() => isSeen(session, lease), betweenBeats)) return
  throw new HarnessError('RUNNER_LOCK_LOST', {
    what: `The connection that held the lock ${lease.name} is gone.`,
    why: 'Another runner could begin now, so no further step is sent. What is done stays done.',
    next: 'Run again; the next run waits for the jobs that the server still has and goes on from what it holds.',
  })
}
