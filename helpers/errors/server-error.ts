/** The server's error number (3819, 1064, …), or undefined when the thrown value is no server error. */
export const serverErrorNumber = (thrown: unknown): number | undefined =>
  thrown instanceof Error && 'errno' in thrown && typeof thrown.errno === 'number' ? thrown.errno : undefined
