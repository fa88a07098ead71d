import type { DdlJob } from './ddl-jobs.ts'

/** For how long a statement may be without an answer and without a job. The server answers a few s after a job's end. */
const silentMs = 20_000
const keptMs = 3 * silentMs

/** Notices statements whose job has ended or never came, while the connection that sent them says nothing. */
export interface GoneWatch {
  /** Takes in the jobs that have not ended, as they are now. */
  look(jobs: readonly DdlJob[]): void
  /** Whether looks of 20 s or more, all of them after `sentAt`, found no job of this statement. */
  isGone(sql: string, sentAt: number): boolean
}

/** A watch over the statements of one run of steps; times are those of performance.now(). */
export const watchGone = (now = () => performance.now()): GoneWatch => {
  let looks: { at: number; sqls: ReadonlySet<string> }[] = []
  return {
    look: (jobs) => {
      const at = now()
      looks = [
        ...looks.filter((look) => at - look.at < keptMs),
        { at, sqls: new Set(jobs.map(({ sql }) => sql)) },
      ]
    },
    isGone: (sql, sentAt) => {
      const lastSeen = looks.findLastIndex(({ sqls }) => sqls.has(sql))
      const first = looks.slice(lastSeen + 1).find(({ at }) => at >= sentAt)
      const last = looks.at(-1)
      return first !== undefined && last !== undefined && last.at - first.at >= silentMs
    },
  }
}
