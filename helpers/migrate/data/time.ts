export const MINUTE = 60
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Unix seconds of a UTC instant such as '2026-11-23 00:00:00'. */
export const secondsOf = (instant: string): number => Date.parse(`${instant.replace(' ', 'T')}Z`) / 1000

/** 'YYYY-MM-DD HH:MM:SS' in UTC, as the server reads it in a session with time_zone +00:00. */
export const sqlTime = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')

/** 'YYMMDD' in UTC, as order codes carry it. */
export const compactDate = (seconds: number): string => {
  const iso = new Date(seconds * 1000).toISOString()
  return iso.slice(2, 4) + iso.slice(5, 7) + iso.slice(8, 10)
}
