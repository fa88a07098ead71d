import type { StepRunner } from '../steps/runner.ts'
import type { WantedSetting } from './wanted.ts'

/** How hard indexes are added, against what else the server does. Left out: as the server has it. */
export interface DdlSpeed {
  /** Workers of one DDL job. */
  readonly workers?: number | undefined
  /** Rows that a worker takes at once. */
  readonly batchSize?: number | undefined
}

export interface ApplyRunner extends StepRunner {
  readonly speed?: DdlSpeed
}

const setting = (variable: string, value: number | undefined): WantedSetting[] =>
  // TiDB Cloud keeps some of them for itself; its own values are no reason to stop.
  value === undefined ? [] : [{ variable, value: `${value}`, mayBeRefused: true }]

/** The settings of the server for a speed. */
export const speedSettings = ({ workers, batchSize }: DdlSpeed = {}): WantedSetting[] => [
  ...setting('tidb_ddl_reorg_worker_cnt', workers),
  ...setting('tidb_ddl_reorg_batch_size', batchSize),
]
