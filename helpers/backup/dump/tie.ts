// Runs as a process of its own between the harness and a tool that does not see the harness end: when the harness dies in
// any way, even by SIGKILL, this process's standard input closes and the tool is ended by its own process id. The tool's
// standard input is what this process was given as its fourth file.
import { spawn } from 'node:child_process'

const [path, ...flags] = process.argv.slice(2)
if (path === undefined) throw new Error('tie: a program is needed')

const tool = spawn(path, flags, { stdio: [3, 'ignore', 'inherit'] })
// Ctrl-C in a terminal reaches the whole process group; the harness decides when the tool ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
tool.on('error', (error) => {
  console.error(error.message)
  process.exit(127)
})
tool.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1)
  // Whoever waits sees the tool's own end: no handler may stand in its way.
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})
process.stdin.on('end', () => tool.kill('SIGKILL'))
process.stdin.on('error', () => tool.kill('SIGKILL'))
process.stdin.resume()
