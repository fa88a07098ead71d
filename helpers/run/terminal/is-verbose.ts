import { loadSettings } from '../../core/config/load.ts'

/** True when every check is to have its line (VERBOSE=1). Settings that are wrong are refused elsewhere, with a message. */
export const isVerbose = (root: string): boolean => {
  try {
    return loadSettings(root).VERBOSE === '1'
  } catch {
    return false
  }
}
