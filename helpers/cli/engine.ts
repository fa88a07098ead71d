import { z } from 'zod'
import { findDumpling, noBackupTool } from '../backup/dump/tool.ts'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot } from '../core/config/project.ts'
import { findEngineBinary, noEngine } from '../core/server/embedded/binary.ts'
import { runAsCommand } from './command.ts'

const say = (line: string) => console.error(line)

// Builds the engine and dumpling. Only the engine's path goes to standard output, so that a script can take it.
const buildEngine = async (): Promise<void> => {
  const settings = loadSettings(projectRoot, {
    ...process.env,
    TARGET: 'embedded',
  })
  const binary = await findEngineBinary(settings, say)
  if (binary === undefined) throw noEngine()
  const dumpling = await findDumpling(settings, say)
  say(dumpling === undefined ? noBackupTool(settings).message : `dumpling: ${dumpling.path}`)
  console.log(binary.path)
}

await runAsCommand({
  name: 'engine',
  description:
    'Builds the embedded TiDB and dumpling where they are not there yet, and prints the path of the engine',
  shape: z.object({}),
  example: 'npm run engine',
  run: buildEngine,
})
