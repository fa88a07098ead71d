import { resolve } from 'node:path'
import { loadSettings } from '../../config/load.ts'
import { messageOf } from '../../errors/harness-error.ts'
import { findEngineBinary, noEngine } from './binary.ts'

// Prints the path of the engine alone on standard output, so that a script can take it.
try {
  const settings = loadSettings(resolve(import.meta.dirname, '../../..'), {
    ...process.env,
    TARGET: 'embedded',
  })
  const binary = await findEngineBinary(settings, (line) => console.error(line))
  if (binary === undefined) throw noEngine()
  console.log(binary.path)
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
