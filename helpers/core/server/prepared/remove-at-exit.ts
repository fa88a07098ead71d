import { rmSync } from 'node:fs'

const folders = new Set<string>()

const removeAll = () => {
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // A server that is being ended still writes there; the process in between removes the folder after it.
    }
  }
}

/** Sees to it that a folder is gone when this process ends, unless it is killed. */
export const removeAtExit = (folder: string): void => {
  if (folders.size === 0) process.once('exit', removeAll)
  folders.add(folder)
}
