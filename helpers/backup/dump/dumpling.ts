import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { bareEnvironment, type Dumped, type DumpJob, dumpFailed } from './dump-job.ts'
import { readServerCertificate } from './server-certificate.ts'

const certificateFile = 'server-certificate.pem'

const flagsOf = ({ moment, connections }: DumpJob): string[] => [
  '--consistency=snapshot',
  `--snapshot=${moment.tso}`,
  // On a store that is not TiKV, dumpling takes no snapshot whatever --consistency says. A TIMESTAMP is written in the
  // session's time zone, which a restore cannot know. Under a server's ANSI_QUOTES, SHOW CREATE writes names that no
  // other mode reads.
  `--params=tidb_snapshot=${moment.tso},time_zone=+00:00,max_execution_time=0,sql_mode=`,
  // Views are left out without it.
  '--no-views=false',
  '--no-sequences=false',
  '--filesize=8MiB',
  `--threads=${connections}`,
]

// The flag takes a list.
const listOf = (name: string | undefined): string => `"${(name ?? '').replaceAll('"', '""')}"`

const placeOf = ({ address, tool }: DumpJob): string[] => [
  `--host=${address.host}`,
  `--port=${address.port}`,
  `--user=${address.user}`,
  `--database=${listOf(address.database)}`,
  ...(tool.hidesPassword ? ['--password-stdin'] : []),
  '--output=.',
  // Otherwise it opens a port for everybody.
  '--status-addr=',
  '--loglevel=error',
]

const lastWords = (said: string): string =>
  said
    .split('\n')
    .filter((line) => line.includes(' failed: '))
    .join('\n')
    .slice(0, 1_000)

/** Dumps one database at one instant. Throws DUMP_FAILED, or TARGET_UNREACHABLE. */
export const runDumpling = async (job: DumpJob): Promise<Dumped> => {
  const { tool, address, dir } = job
  const certificate = join(dir, certificateFile)
  const trust = address.tls === undefined ? [] : [`--ca=${certificateFile}`]
  if (address.tls !== undefined) await writeFile(certificate, await readServerCertificate(address))
  const flags = flagsOf(job)
  const dump = execa(tool.path, [...flags, ...placeOf(job), ...trust], {
    cwd: dir,
    env: bareEnvironment(),
    extendEnv: false,
    all: true,
    reject: false,
    stdin: tool.hidesPassword ? 'pipe' : 'ignore',
  })
  // The pipe stays open: its end tells the tool that who started it is gone. A tool that has ended says why by itself.
  dump.stdin?.on('error', () => {})
  dump.stdin?.write(`${address.password}\0`)
  const { exitCode, signal, all, failed } = await dump
  await rm(certificate, { force: true })
  if (!failed) return { flags, consistency: 'snapshot' }
  const how = signal === undefined ? `stopped with exit code ${exitCode}` : `was ended by ${signal}`
  throw dumpFailed(job, how, lastWords(all ?? ''))
}
