import { adviceForThrown } from './advice.ts'
import { HarnessError, messageOf } from './harness-error.ts'
import { errorCode } from './server-error.ts'

/** Turns a failed connection into TARGET_UNREACHABLE with the cause in words. Never shows the password. */
export const unreachable = (
  place: { host: string; port: number; user: string; database?: string },
  cause: unknown,
): HarnessError => {
  const { host, port, user, database = '' } = place
  const code = errorCode(cause) ?? ''
  const advice = adviceForThrown(cause, { server: host, port: `${port}`, user, database })
  const said = `${code === '' ? 'the driver' : code}: ${messageOf(cause) || 'no further word'}`
  return new HarnessError('TARGET_UNREACHABLE', {
    what: `${user}@${host}:${port}/${database}: ${advice?.symptom ?? messageOf(cause)}.`,
    why: advice === undefined ? said : `${said}\n        ${advice.cause}`,
    next: advice?.next ?? 'Check DATABASE_URL.',
    cause,
    fields: { code },
  })
}
