import { findDumpling, noBackupTool } from '../backup/dump/tool.ts'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot } from '../core/config/project.ts'
import { messageOf } from '../core/errors/harness-error.ts'
import { findEngineBinary, noEngine } from '../core/server/embedded/binary.ts'

const say = (line: string) => console.error(line)

// Builds the engine and dumpling. Only the engine's path goes to standard output, so that a script can take it.
try {
  const settings = loadSettings(projectRoot, {
    ...process.env,
    TARGET: 'embedded',
  })
  const binary = await findEngineBinary(settings, say)
  if (binary === undefined) throw noEngine()
  const dumpling = await findDumpling(settings, say)
  say(dumpling === undefined ? noBackupTool(settings).message : `dumpling: ${dumpling.path}`)
  console.log(binary.path)
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
