import { z } from 'zod'
import { wholeNumber } from './kinds.ts'

const isWebUrl = (value: string): boolean =>
  URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol)

const isPattern = (value: string): boolean => {
  try {
    new RegExp(value)
    return true
  } catch {
    return false
  }
}

const pathList = /^\/[^\s,]*(?:,\s*\/[^\s,]*)*$/

/** The variables about the application, and about how hard the migration may press on the server beside it. */
export const applicationVariables = {
  TRAFFIC: z
    .enum(['on', 'off'], { error: 'on or off' })
    .default('on')
    .describe('Whether a rehearsal runs an application and buyers beside the migration.'),
  // One client a request per second: more of them would measure themselves.
  TRAFFIC_RATE: wholeNumber(1, 200)
    .default(20)
    .describe('How many requests a second the buyers send, however slow the answers are.'),
  APP_BASE_URL: z
    .string()
    .refine(isWebUrl, { error: 'http://HOST:PORT or https://HOST' })
    .optional()
    .describe('Where an application of yours answers. It is asked by GET only.'),
  APP_ENDPOINTS: z
    .string()
    .regex(pathList, { error: 'paths that begin with /, several with commas' })
    .default('/api/events,/api/events/featured')
    .describe('The paths that are asked of the application in APP_BASE_URL.'),
  APP_MAX_MS: wholeNumber(1, 600_000)
    .default(2000)
    .describe('How many milliseconds an answer of the application may take.'),
  APP_LOG: z.string().optional().describe('The log file of the application; errors in it fail the run.'),
  APP_LOG_ERRORS: z
    .string()
    .refine(isPattern, { error: 'a regular expression' })
    .default(String.raw`\b(error|critical|fatal|traceback|exception)\b`)
    .describe('The regular expression, without regard to case, that marks a line of APP_LOG as an error.'),
  DDL_WORKERS: wholeNumber(1, 256)
    .optional()
    .describe('tidb_ddl_reorg_worker_cnt while indexes are added: workers of one DDL job.'),
  DDL_BATCH_SIZE: wholeNumber(32, 10_240)
    .optional()
    .describe('tidb_ddl_reorg_batch_size while indexes are added: rows that a worker takes at once.'),
} as const
