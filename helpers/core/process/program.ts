// Runs as a process of its own between the harness and a program that does not see its parent process end. It ends the
// program by its own process id then, and ends as the program did.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { whenParentEnds } from './parent-end.ts'

const { values, positionals } = parseArgs({
  options: {
    cwd: { type: 'string', default: '.' },
    remove: { type: 'string' },
    'remove-unless-clean': { type: 'string' },
    input: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const [path, ...args] = positionals
if (path === undefined) throw new Error('program.ts: a program is needed')

const input = values.input ? 3 : 'ignore'
const program = spawn(path, args, { cwd: values.cwd, stdio: [input, 'ignore', 'inherit'] })
const end = () => program.kill('SIGKILL')
// Ctrl-C in a terminal may reach this process too; the parent process decides when the program ends.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('SIGTERM', end)
// The parent may be gone by now; a closed pipe must not stop the clean-up.
process.stdout.on('error', () => {})
program.on('spawn', () => process.stdout.write(`pid ${program.pid}\n`))
program.on('error', (error) => {
  process.stdout.write(`failed ${error.message}\n`)
  console.error(error.message)
  process.exitCode = 127
  process.stdin.destroy()
})
program.on('exit', (code, signal) => {
  const left = values.remove ?? (code === 0 ? undefined : values['remove-unless-clean'])
  if (left !== undefined) rmSync(left, { recursive: true, force: true, maxRetries: 5 })
  if (signal === null) process.exit(code ?? 1)
  // Whoever waits sees the program's own end: no handler may stand in its way.
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})
whenParentEnds(end)
