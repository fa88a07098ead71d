/** One statement as the schedule sees it. */
export interface Task {
  readonly id: string
  /** Tasks of one queue run one after the other, on one connection. */
  readonly queue: string
  /** ms that it takes when nothing else runs. */
  readonly aloneMs: number
  /** The part of the server that it takes up while it runs, from 0 to 1. */
  readonly share: number
}

interface Span {
  readonly startMs: number
  readonly endMs: number
}

export interface Schedule {
  readonly totalMs: number
  /** When each task runs, by its id, in ms from the start. */
  readonly spans: ReadonlyMap<string, Span>
}

interface Running {
  readonly task: Task
  readonly rest: readonly Task[]
  readonly startMs: number
  leftMs: number
}

const begin = ([task, ...rest]: readonly Task[], startMs: number): Running[] =>
  task === undefined ? [] : [{ task, rest, startMs, leftMs: task.aloneMs }]

/**
 * Runs tasks on paper the way runSteps runs steps: each connection takes one queue after the other. While the tasks
 * that run ask for more than one whole server, all of them are slower by as much.
 */
export const schedule = (tasks: readonly Task[], connections: number): Schedule => {
  const waiting = [...Map.groupBy(tasks, ({ queue }) => queue).values()]
  const spans = new Map<string, Span>()
  let running: Running[] = []
  let now = 0
  for (;;) {
    while (running.length < connections && waiting.length > 0)
      running.push(...begin(waiting.shift() ?? [], now))
    if (running.length === 0) return { totalMs: now, spans }
    const slower = Math.max(
      1,
      running.reduce((sum, { task }) => sum + task.share, 0),
    )
    const nextMs = Math.min(...running.map(({ leftMs }) => leftMs))
    now += nextMs * slower
    const still: Running[] = []
    for (const item of running) {
      item.leftMs -= nextMs
      if (item.leftMs > 0) still.push(item)
      else {
        spans.set(item.task.id, { startMs: item.startMs, endMs: now })
        still.push(...begin(item.rest, now))
      }
    }
    running = still
  }
}
