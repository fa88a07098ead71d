/** One statement as the schedule sees it. */
export interface Task {
  readonly id: string
  /** Tasks of one queue run one after the other, on one connection. */
  readonly queue: string
  /** ms that it takes when nothing else runs. */
  readonly aloneMs: number
  /** The part of the server that it takes up while it runs, from 0 to 1. */
  readonly share: number
  /** Tasks of one line are served one at a time, in the order in which they come, whatever their queues. */
  readonly line?: string | undefined
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
  /** Its place in the order in which tasks came. */
  readonly arrival: number
  readonly task: Task
  readonly rest: readonly Task[]
  readonly startMs: number
  leftMs: number
}

const pick = (running: readonly Running[], line: string) =>
  running.filter(({ task }) => task.line === line).toSorted((a, b) => a.arrival - b.arrival)

/** How fast each task goes, in ms of its own a ms, if the server had room for all of them. */
const speedOf = (item: Running, running: readonly Running[]): number => {
  const { line, share } = item.task
  if (line === undefined) return 1
  const [first, ...waiting] = pick(running, line)
  if (first !== item) return 0
  // With the next one at hand the server never idles between two: it does as many as it can take on side by side.
  return waiting.length === 0 || share === 0 ? 1 : 1 / share
}

/**
 * Runs tasks on paper the way runSteps runs steps: each connection takes one queue after the other. While the tasks
 * that run ask for more than one whole server, all of them are slower by as much.
 */
export const schedule = (tasks: readonly Task[], connections: number): Schedule => {
  const waiting = [...Map.groupBy(tasks, ({ queue }) => queue).values()]
  const spans = new Map<string, Span>()
  let running: Running[] = []
  let now = 0
  let arrivals = 0
  const begin = ([task, ...rest]: readonly Task[]): Running[] =>
    task === undefined ? [] : [{ arrival: arrivals++, task, rest, startMs: now, leftMs: task.aloneMs }]
  for (;;) {
    while (running.length < connections && waiting.length > 0) running.push(...begin(waiting.shift() ?? []))
    if (running.length === 0) return { totalMs: now, spans }
    const going = running.map((item) => ({ item, speed: speedOf(item, running) }))
    const asked = going.reduce((sum, { item, speed }) => sum + item.task.share * speed, 0)
    const slower = Math.max(1, asked)
    const moving = going.filter(({ speed }) => speed > 0)
    const nextMs = Math.min(...moving.map(({ item, speed }) => (item.leftMs * slower) / speed))
    const next = moving.find(({ item, speed }) => (item.leftMs * slower) / speed === nextMs)
    now += nextMs
    const still: Running[] = []
    for (const { item, speed } of going) {
      item.leftMs -= (nextMs * speed) / slower
      // The one that ends is known; what rounding leaves of its time must not keep it alive.
      if (item !== next?.item && (speed === 0 || item.leftMs > 0)) still.push(item)
      else {
        spans.set(item.task.id, { startMs: item.startMs, endMs: now })
        still.push(...begin(item.rest))
      }
    }
    running = still
  }
}
