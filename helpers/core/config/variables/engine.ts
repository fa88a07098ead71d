import { z } from 'zod'
import { wholeNumber } from './kinds.ts'

/** The servers that the harness starts itself. */
export const engineVariables = {
  TIDB_SERVER_BIN: z
    .string()
    .optional()
    .describe('A tidb-server binary for TARGET=embedded. Else: the PATH, the cache, or a build.'),
  TIDB_IMAGE: z.string().default('pingcap/tidb:v7.5.2').describe('The image for TARGET=container.'),
  ENGINE_CACHE: z
    .string()
    .optional()
    .describe(
      'Where built engines and prepared servers are kept. Default: tidb-migration-harness in the user cache.',
    ),
  ENGINE_SRC: z
    .string()
    .optional()
    .describe('The Go module that engines are built from. Default: engine of the suite.'),
  PREPARED_GB: wholeNumber(0, 1_000)
    .default(4)
    .describe('The most that prepared servers may take in the cache, in GB. 0 keeps none.'),
  ENGINE_DIR: z
    .string()
    .optional()
    .describe(
      'The data directory of an embedded engine that already runs. The run joins it and leaves it running.',
    ),
  RUN_DIR: z
    .string()
    .optional()
    .describe('The folder of an earlier run to go on with. Only together with ENGINE_DIR.'),
} as const
