import { userInfo } from 'node:os'

/** Who runs this process. A container may run as a number that has no name, and then the system's own answer throws. */
export const userName = (read: () => { readonly username: string } = userInfo): string => {
  try {
    return read().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
