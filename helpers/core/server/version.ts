import { HarnessError } from '../errors/harness-error.ts'

/** A TiDB release, as VERSION() names it: `8.0.11-TiDB-v7.5.0` is 7.5.0. */
export interface TidbRelease {
  readonly major: number
  readonly minor: number
  readonly patch: number
}

/** Reads the release out of VERSION(). Returns undefined when the server is not a TiDB. */
export const parseRelease = (version: string): TidbRelease | undefined => {
  const found = /TiDB-v(\d+)\.(\d+)\.(\d+)/i.exec(version)
  if (found === null) return undefined
  const [, major, minor, patch] = found.map(Number)
  return { major: major ?? 0, minor: minor ?? 0, patch: patch ?? 0 }
}

/** True when the release is `wanted` (`7.5.2`) or later. */
export const isAtLeast = (release: TidbRelease, wanted: string): boolean => {
  const [major = 0, minor = 0, patch = 0] = wanted.split('.').map(Number)
  if (release.major !== major) return release.major > major
  if (release.minor !== minor) return release.minor > minor
  return release.patch >= patch
}

/** Throws SERVER_TOO_OLD unless VERSION() names a TiDB of `minimum` (`7.5.2`) or later. */
export const assertRelease = (version: string, minimum: string): void => {
  const release = parseRelease(version)
  if (release !== undefined && isAtLeast(release, minimum)) return
  throw new HarnessError('SERVER_TOO_OLD', {
    what: `The server says ${version}; TiDB v${minimum} or later is needed.`,
    next: 'Upgrade the server, or point the suite at another one.',
    fields: { version, minimum },
  })
}
