interface RunFile {
  /** Section or part of the suite that writes it; `<name>` is the part of the file's name. */
  readonly writer: string
  readonly readers: readonly string[]
  readonly holds: string
}

/**
 * Every file that a run leaves for a later part of it, for a later run or for people. Its shape stands where `record`,
 * `recordPer` or `log` is called with its name.
 */
export const runFiles = {
  'run.json': { writer: 'global set-up', readers: ['reporter'], holds: 'when the run began' },
  'progress.json': {
    writer: 'the steps',
    readers: ['progress bar'],
    holds: 'how far the work under way is',
  },
  'timings.jsonl': {
    writer: 'global set-up',
    readers: ['reporter'],
    holds: 'the time of each part of the run; the reporter adds the sections',
  },
  'section-<name>.json': {
    writer: '<name>',
    readers: ['sections that need it'],
    holds: 'whether a section passed',
  },
  'data.json': {
    writer: 'global set-up',
    readers: ['indexes', 'constraints', 'reporter'],
    holds: 'how the load of the data went, in a rehearsal with a generator',
  },
  'application-log.json': {
    writer: 'global set-up',
    readers: ['application'],
    holds: 'where APP_LOG ended before the run',
  },
  'accepted-pass.json': {
    writer: 'global set-up',
    readers: ['every connection that may write', 'estimates'],
    holds: 'the rehearsal pass that this run was given',
  },
  'before.json': {
    writer: 'preflight',
    readers: ['every later section', 'rollback of a later run'],
    holds: 'schema, switch and rows before the first step; in a ledger too',
  },
  'standing.json': {
    writer: 'preflight',
    readers: ['every later section', 'reporter'],
    holds: 'what of the lock was there',
  },
  'drift.json': {
    writer: 'preflight',
    readers: ['reporter'],
    holds: 'where the schema is not like the one that the lock was made on, which stops nothing',
  },
  'backup-figures.json': {
    writer: 'backup',
    readers: ['rollback', 'reporter'],
    holds: 'how large the backup is, and how long it took',
  },
  'unproven.json': {
    writer: 'backup',
    readers: ['backup'],
    holds: 'in the folder of a backup: its manifest until it was restored and compared',
  },
  'backup.json': {
    writer: 'backup',
    readers: ['rollback', 'every connection that may write'],
    holds: 'in the folder of a backup: its manifest',
  },
  'observed-<name>.json': {
    writer: 'benchmark-<name>',
    readers: ['benchmark', 'metrics'],
    holds: 'server-side statistics on one side of the migration',
  },
  'benchmark-before.jsonl': {
    writer: 'benchmark-before',
    readers: ['benchmark', 'metrics', 'reporter'],
    holds: 'the times of each statement before',
  },
  'benchmark.jsonl': {
    writer: 'benchmark',
    readers: ['metrics', 'reporter'],
    holds: 'the times of each statement on both sides',
  },
  'benchmark-writes.jsonl': {
    writer: 'benchmark',
    readers: ['reporter'],
    holds: 'what a write to each table costs',
  },
  'calibration.json': {
    writer: 'indexes',
    readers: ['estimates', 'reporter'],
    holds: 'how fast the server was, as far as it was measured',
  },
  'estimates.jsonl': {
    writer: 'indexes',
    readers: ['constraints', 'reporter'],
    holds: 'what groups of steps were estimated at, and what they took',
  },
  'steps.jsonl': {
    writer: 'indexes',
    readers: ['constraints', 'rollback', 'rollback of a later run', 'reporter'],
    holds: 'every state of every step, on disk before the next statement is sent; in a ledger too',
  },
  'tables.json': {
    writer: 'apply',
    readers: ['apply and rollback of a later run'],
    holds: 'in a ledger: the ids of the tables that it was begun for',
  },
  'traffic-processes.json': {
    writer: 'indexes',
    readers: ['drills'],
    holds: 'the process ids of the application and its buyers',
  },
  'traffic.jsonl': {
    writer: 'indexes',
    readers: ['application', 'rollback', 'metrics', 'reporter'],
    holds: 'what buyers saw in each phase',
  },
  'purchases.jsonl': {
    writer: 'the buyers',
    readers: ['application', 'rollback'],
    holds: 'every purchase, before it is sent and when it is answered',
  },
  'found.json': {
    writer: 'postconditions',
    readers: ['reporter'],
    holds: 'what of the lock was there after the steps',
  },
  'left.json': {
    writer: 'rollback',
    readers: ['reporter'],
    holds: 'what a rollback left, because no step on record added it',
  },
  'metrics.jsonl': { writer: 'metrics', readers: ['reporter'], holds: "the guide's table of success" },
  'summary.json': { writer: 'reporter', readers: ['programs'], holds: 'the whole run' },
  'report.md': { writer: 'reporter', readers: ['people'], holds: 'the whole run' },
  'rehearsal-pass.json': {
    writer: 'reporter',
    readers: ['people'],
    holds: 'the pass of a green rehearsal; a copy stands in REPORTS_DIR',
  },
} as const satisfies Record<string, RunFile>

/** The name of a file of a run, as the list has it. */
export type RunFileName = keyof typeof runFiles
