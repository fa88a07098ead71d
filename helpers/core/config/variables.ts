import { z } from 'zod'
import { accessVariables } from './variables/access.ts'
import { applicationVariables } from './variables/application.ts'
import { backupVariables } from './variables/backup.ts'
import { benchmarkVariables } from './variables/benchmark.ts'
import { engineVariables } from './variables/engine.ts'
import { gateVariables } from './variables/gate.ts'
import { runVariables } from './variables/run.ts'

/**
 * Every variable the harness reads. `.describe()` is its documentation; a test proves that
 * `.env.example` names each one.
 */
export const variables = {
  ...runVariables,
  ...engineVariables,
  ...accessVariables,
  ...gateVariables,
  ...applicationVariables,
  ...benchmarkVariables,
  ...backupVariables,
} as const

export const variablesShape = z.object(variables)
/** The variables as they were given, each parsed. */
export type Variables = z.infer<typeof variablesShape>
