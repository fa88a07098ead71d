import { sum } from '../../core/text/numbers.ts'

/** One statement among those that run side by side. */
export interface Task {
  /** Tasks of one table run one after the other, on one connection. */
  readonly table: string
  /** ms that it takes when nothing else runs. */
  readonly aloneMs: number
  /** The part of the server that it takes up while it runs, from 0 to 1. */
  readonly share: number
}

const sumMsOf = (tasks: readonly Task[]): number => sum(tasks.map(({ aloneMs }) => aloneMs))
const tasksByTable = (tasks: readonly Task[]): Task[][] => [
  ...Map.groupBy(tasks, ({ table }) => table).values(),
]

/**
 * ms from the first task to the end of the last: what the longest table takes, what the server takes for all of them
 * when it is never idle, or what the connections take, whichever is longest.
 *
 * On V3's four scales this is 0.95 to 1.00 of what a simulation of connections, queues and DDL workers gave.
 */
export const totalMs = (tasks: readonly Task[], connections: number): number => {
  const longest = Math.max(0, ...tasksByTable(tasks).map(sumMsOf))
  const server = sum(tasks.map(({ aloneMs, share }) => aloneMs * share))
  return Math.max(longest, server, sumMsOf(tasks) / connections)
}

/** How many times as long as alone a task takes beside the others: that of a connection that is never idle. */
export const slowdownOf = (tasks: readonly Task[], connections: number): number => {
  const busy = Math.min(connections, tasksByTable(tasks).length)
  return Math.max(1, (totalMs(tasks, connections) * busy) / Math.max(1, sumMsOf(tasks)))
}
