import { join } from 'node:path'
import { z } from 'zod'
import { HarnessError } from '../core/errors/harness-error.ts'
import type { ThrowAwayServer } from '../core/server/throw-away.ts'
import type { Migration } from '../migrate/folder/migration.ts'
import { type Child, startChild } from './child.ts'
import type { ApplicationConfig } from './serve.ts'

/** The small application of a migration, running as a process of its own on the loopback. */
export interface Application extends AsyncDisposable {
  readonly url: string
  readonly process: Child
}

const readyShape = z.object({ port: z.number() })

/** The folder with the application of a migration. Throws NO_APPLICATION when it names none. */
export const applicationDir = ({ name, dir, application }: Migration): string => {
  if (application !== undefined) return join(dir, application.folder)
  throw new HarnessError('NO_APPLICATION', {
    what: `sql/${name}/migration.json names no application.`,
    next: 'Add one (see sql/v3/application), or set TRAFFIC=off.',
  })
}

/** Starts the application in this folder on a throw-away server. Throws CHILD_ENDED when it does not come up. */
export const startApplication = async (
  folder: string,
  { address, token }: ThrowAwayServer,
): Promise<Application> => {
  const { host, port, user, password, database = '' } = address
  const config: ApplicationConfig = { token, address: { host, port, user, password, database } }
  const child = startChild(join(folder, 'server.ts'), config)
  try {
    const ready = await child.next(readyShape)
    return {
      url: `http://127.0.0.1:${ready.port}`,
      process: child,
      [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
    }
  } catch (error) {
    await child[Symbol.asyncDispose]()
    throw error
  }
}
