// Runs as a process of its own between the harness and tidb-server: when the harness dies in any way,
// even by SIGKILL, this process's standard input closes and the server is ended by its own process id.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

const [binary, dataDir, keepData, ...serverArgs] = process.argv.slice(2)
if (binary === undefined || dataDir === undefined)
  throw new Error('watchdog: binary and data directory are needed')

// Built with Go 1.26, TiDB v7.5 can crash under load: its mutex profile walks frame pointers (runtime.saveblockevent),
// and the go-farm assembly on amd64 leaves a wrong one. This turns that walk off.
const env = { ...process.env, GODEBUG: 'tracefpunwindoff=1' }
const server = spawn(binary, serverArgs, { cwd: dataDir, stdio: 'ignore', env })
// Ctrl-C in a terminal reaches the whole process group; the harness decides when the server ends.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => server.kill('SIGKILL'))
process.on('SIGHUP', () => {})
server.on('error', (error) => {
  process.stdout.write(`failed ${error.message}\n`)
  process.exit(1)
})
server.on('spawn', () => process.stdout.write(`pid ${server.pid}\n`))
server.on('exit', (code, signal) => {
  process.stdout.write(`exit ${signal ?? code}\n`)
  const isKept = keepData === 'keep' || (keepData === 'keep-if-clean' && code === 0)
  if (!isKept) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  process.exit(code ?? 1)
})
// The data is thrown away, so there is nothing to flush; a server that must survive is restarted from its files.
process.stdin.on('end', () => server.kill('SIGKILL'))
process.stdin.on('error', () => server.kill('SIGKILL'))
process.stdin.resume()
// The harness may be gone when the server ends; a closed pipe must not stop the clean-up.
process.stdout.on('error', () => {})
