import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { RunFolder } from '../../helpers/core/record/run-folder.ts'
import type { Snapshot } from '../../helpers/core/schema/model.ts'
import { readSnapshot } from '../../helpers/core/schema/read-snapshot.ts'
import type { WriteSession } from '../../helpers/core/server/session.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'
import type { MigratedServer } from '../../helpers/migrate/apply/steps/migrated-server.ts'
import type { StepRunner } from '../../helpers/migrate/apply/steps/runner.ts'
import { type Step, stepLog } from '../../helpers/migrate/step/step.ts'
import { runAll } from './test-migration.ts'
import { withDatabase } from './test-server.ts'

export const baseline = `
CREATE TABLE \`Order\` (id INT PRIMARY KEY, a INT, b VARCHAR(20), j JSON, KEY k_old (b));
CREATE TABLE Item (x VARCHAR(9), y INT, a INT, PRIMARY KEY (x, y) NONCLUSTERED);
CREATE TABLE NoKey (a INT);
`
export const adds = `
ALTER TABLE \`Order\` ADD INDEX k_a (a) COMMENT 'why?';
ALTER TABLE \`Order\` ADD UNIQUE INDEX k_b (b);
ALTER TABLE \`Order\` ADD INDEX \`k\`\`many\` ((CAST(j->'$.x' AS SIGNED ARRAY)));
ALTER TABLE Item ADD INDEX k_item (a, y) INVISIBLE;
ALTER TABLE \`Order\` ADD CONSTRAINT ck_a CHECK ((a > 0 OR a = -5));
ALTER TABLE \`Order\` ADD CONSTRAINT \`ck\`\`off\` CHECK ((b <> 'off')) NOT ENFORCED;
ALTER TABLE Item ADD CONSTRAINT ck_item CHECK ((a < y));
ALTER TABLE NoKey ADD CONSTRAINT ck_none CHECK ((a <> 13));
`
const rows = `
INSERT INTO \`Order\` (id, a, b, j) VALUES (1, 1, 'x', '{"x": [1, 2]}'), (2, NULL, 'y', NULL), (3, -5, NULL, NULL), (4, 4, 'z', NULL);
INSERT INTO Item VALUES ('a', 5, 1), ('a', 6, NULL);
INSERT INTO NoKey VALUES (1), (NULL);
ALTER TABLE NoKey ADD INDEX k_1 (a), ADD INDEX k_2 (a);
`

// The ALTER with two actions is there because the server lists its parts as "done" for ever.
// v7.5.0 tests the stored rows of a NOT ENFORCED constraint too (#47631), so no row breaks ck`off.

/** A run folder in a temporary directory, and the runner that writes to it. */
interface Run {
  readonly runner: StepRunner
  /** Lines that the terminal would show. */
  readonly said: string[]
  /** `status id` of each line of steps.jsonl, in order. */
  states(): string[]
  steps(): Step[]
}

export interface TestTarget extends AsyncDisposable {
  readonly server: MigratedServer
  readonly session: WriteSession
  newRun(): Run
  snapshot(): Promise<Snapshot>
  /** The number of the newest DDL job of the database. */
  newestJob(): Promise<number>
}

const jobRow = z.object({ job: z.number() })
const newestJobSql = `SELECT MAX(JOB_ID) AS job FROM information_schema.ddl_jobs
  WHERE LOWER(DB_NAME) = LOWER(DATABASE())`

/** A database with the baseline, its rows, and what `more` says. */
export const openTarget = async (more = '', given?: MigratedServer): Promise<TestTarget> => {
  await using resources = new AsyncDisposableStack()
  const server = given ?? resources.use(await withDatabase('Apply')).server
  const session = resources.use(await openWriteSession(server))
  await runAll(session, `${baseline}${rows}${more}`)
  const newRun = (): Run => {
    const dir = mkdtempSync(join(tmpdir(), 'test-run-'))
    kept.defer(() => rmSync(dir, { recursive: true, force: true }))
    const run = new RunFolder(dir)
    const said: string[] = []
    const steps = () => stepLog.read(run)
    return {
      runner: { server, run, connections: 2, say: (line) => said.push(line) },
      said,
      steps,
      states: () => steps().map(({ status, id }) => `${status} ${id}`),
    }
  }
  const kept = resources.move()
  return {
    server,
    session,
    newRun,
    snapshot: () => readSnapshot(session),
    newestJob: async () => {
      const { job } = await session.row(jobRow, newestJobSql)
      return job
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
