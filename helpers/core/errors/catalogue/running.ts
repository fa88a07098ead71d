import type { ErrorEntry, Remedy } from './entry.ts'

export const newestJobs: Remedy = {
  say: 'See what became of its DDL job',
  sql: 'SELECT JOB_ID, TABLE_NAME, STATE, ROW_COUNT, QUERY FROM information_schema.ddl_jobs ORDER BY JOB_ID DESC LIMIT 10;',
}
export const runAgain: Remedy = {
  say: 'Run again: it waits for a job that still runs, and goes on from what the server holds',
  command: 'TARGET=prod MODE=apply CONFIRM=DATABASE BACKUP_EVIDENCE="ID" npx vitest run',
}

/** Errors over statements that were stopped, or that ran into another one. */
export const runningErrors: readonly ErrorEntry[] = [
  {
    id: '1317',
    codes: [1317],
    symptom: 'Query execution was interrupted',
    cause:
      'Somebody sent KILL or KILL QUERY for this connection, or the server is stopping. A reading statement is simply over. A DDL may have ended well all the same, or was cancelled (8214): only its job tells.',
    remedy: () => [
      {
        say: 'See who is connected, and who may have sent it',
        sql: 'SELECT ID, USER, HOST, DB, COMMAND, TIME, INFO FROM information_schema.processlist;',
      },
      newestJobs,
      runAgain,
    ],
    guide: { sections: ['Issue 6'] },
    produced: true,
  },
  {
    id: '3024',
    codes: [3024],
    symptom: 'Query execution was interrupted, maximum statement execution time exceeded',
    cause:
      'A reading statement took longer than max_execution_time, which this suite sets to STATEMENT_SECONDS.',
    remedy: () => [
      { say: 'See the limit, in milliseconds; 0 is none', sql: 'SELECT @@max_execution_time;' },
      { say: 'Lift it for this connection', sql: 'SET SESSION max_execution_time = 0;' },
      { say: 'Or give the suite more time', command: 'TARGET=prod STATEMENT_SECONDS=600 npx vitest run' },
    ],
    guide: {
      sections: ['Issue 6'],
      wrong:
        'To run the script in sections changes nothing: the limit is for one statement, and none of them stops a DDL. A DDL whose client gave up goes on at the server; sent again, it waits behind itself and ends in 1061.',
    },
    produced: true,
  },
  {
    id: '8028',
    codes: [8028],
    symptom: 'Information schema is changed during the execution of the statement',
    cause:
      'A DDL changed a table of an open transaction, whose COMMIT then fails: its rows are not written. With the metadata lock ON the DDL waits for the transaction instead.',
    remedy: () => [
      { say: 'Run the transaction again, from its BEGIN' },
      {
        say: 'Turn the metadata lock ON before the next DDL; it holds for the whole cluster',
        sql: 'SET GLOBAL tidb_enable_metadata_lock = ON;',
      },
    ],
    produced: true,
  },
  {
    id: '8214',
    codes: [8214],
    symptom: 'Cancelled DDL job',
    cause:
      'Somebody sent ADMIN CANCEL DDL JOBS, or KILL or KILL QUERY for the connection that ran the DDL. The server takes back what it had done; nothing of it stays. A client that merely dies cancels nothing.',
    remedy: () => [
      { ...newestJobs, say: 'See that the job has ended as cancelled or rollback done' },
      { ...runAgain, say: 'Find out who cancelled it and why, then run again' },
    ],
    guide: { sections: ['Issue 6'] },
    produced: true,
  },
  {
    id: 'storage',
    codes: [9001, 9002, 9005],
    symptom: 'PD server timeout, TiKV server timeout, or Region is unavailable',
    cause: 'TiDB answers, but the storage below it does not. A DDL job waits for it and then goes on.',
    remedy: () => [
      {
        say: 'See which parts of the cluster are up',
        sql: 'SELECT TYPE, INSTANCE, UPTIME FROM information_schema.cluster_info;',
      },
      newestJobs,
      runAgain,
    ],
    notProduced:
      'The embedded engine keeps its rows in its own process: it has no PD and no TiKV that could fall silent.',
  },
]
