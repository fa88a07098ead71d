import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findDumpling } from '../../../helpers/backup/dump/tool.ts'
import { engineSettings } from '../fixture.ts'

/** Writes a dumpling that is not quite the real one, for DUMPLING_BIN; DUMPLING in the script stands for the real one. */
export const strangeDumpling = async (folder: string, name: string, script: string): Promise<string> => {
  const real = (await findDumpling(engineSettings, () => {}))?.path ?? ''
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script.replaceAll('DUMPLING', real)}\n`)
  await chmod(path, 0o755)
  return path
}
