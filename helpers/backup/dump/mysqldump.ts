import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { withParent } from '../../core/process/with-parent.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { openReadSession } from '../../core/server/session.ts'
import { bareEnvironment, type Dumped, type DumpJob, dumpFailed } from './dump-job.ts'
import { authoritiesOf } from './server-certificate.ts'

export const mysqldumpFile = 'dump.sql'
const authorityFile = 'authorities.pem'

// --single-transaction stops at the second table: TiDB forgets a savepoint that a rollback to it has used (1305).
const flags = [
  '--skip-lock-tables',
  '--skip-add-locks',
  '--hex-blob',
  '--no-tablespaces',
  '--default-character-set=utf8mb4',
  // MySQL's own, not MariaDB's: TiDB has no histograms and no GTIDs to ask for.
  '--loose-column-statistics=0',
  '--loose-set-gtid-purged=OFF',
]

const quotedOption = (value: string): string => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

// MariaDB's client knows the one spelling, MySQL's the other; each passes over what it does not know.
const optionsOf = ({ address, dir }: DumpJob): string => {
  const { host, port, user, password, tls } = address
  const trust =
    tls === undefined
      ? ['loose-skip-ssl', 'loose-ssl-mode=PREFERRED']
      : [
          `ssl-ca=${quotedOption(join(dir, authorityFile))}`,
          'loose-ssl-verify-server-cert',
          'loose-ssl-mode=VERIFY_IDENTITY',
        ]
  return [
    '[client]',
    // For localhost it would look for a socket.
    'protocol=tcp',
    `host=${quotedOption(host)}`,
    `port=${port}`,
    `user=${quotedOption(user)}`,
    `password=${quotedOption(password)}`,
    ...trust,
    '',
  ].join('\n')
}

/** An open file with this text and without a name, so that a kill leaves no password behind. */
const openNameless = (dir: string, content: string): number => {
  const path = join(dir, 'options.cnf')
  const file = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  // At a position: the descriptor stays at its beginning for whoever inherits it.
  writeSync(file, content, 0)
  return file
}

/**
 * Throws BACKUP_TOOL_UNFIT for a generated column: MariaDB's client writes its value into the INSERT, with --complete-insert
 * too, and no server takes that back (3105).
 */
const assertFit = async ({ tool, address }: DumpJob): Promise<void> => {
  await using session = await openReadSession(address)
  const { tables } = await readSnapshot(session)
  const generated = tables.flatMap(({ name, columns }) =>
    columns.filter((column) => column.generated).map((column) => `${name}.${column.name}`),
  )
  if (generated.length === 0) return
  throw new HarnessError('BACKUP_TOOL_UNFIT', {
    what: `mysqldump cannot back ${address.database} up: ${generated.join(', ')} ${generated.length === 1 ? 'is a generated column' : 'are generated columns'}.`,
    why: `${tool.version} would write what is generated too, and a restore stops there (3105). Nothing was dumped.`,
    next: 'Unset BACKUP_TOOL: dumpling is the default, and leaves generated columns out.',
    fields: { generated },
  })
}

/**
 * Dumps one database with mysqldump or mariadb-dump, one table after the other: not at one instant, because neither can
 * be told to set tidb_snapshot. Throws BACKUP_TOOL_UNFIT or DUMP_FAILED.
 */
export const runMysqldump = async (job: DumpJob): Promise<Dumped> => {
  const { tool, address, dir } = job
  await assertFit(job)
  const authorities = join(dir, authorityFile)
  if (address.tls !== undefined) await writeFile(authorities, authoritiesOf(address))
  const options = openNameless(dir, optionsOf(job))
  const place = [`--result-file=${mysqldumpFile}`, '--databases', address.database ?? '']
  try {
    // A kill of the harness must not leave it reading the target.
    const args = withParent(tool.path, ['--defaults-file=/dev/stdin', ...flags, ...place], {
      hasInput: true,
    })
    const dump = spawn(process.execPath, args, {
      cwd: dir,
      env: bareEnvironment(),
      stdio: ['pipe', 'ignore', 'pipe', options],
      detached: true,
    })
    const [said, [exitCode, signal]] = await Promise.all([
      dump.stderr === null ? '' : text(dump.stderr),
      once(dump, 'close'),
    ])
    if (exitCode === 0) return { flags, consistency: 'none' }
    const how = signal === null ? `stopped with exit code ${exitCode}` : `was ended by ${signal}`
    const words = said.split('\n').filter((line) => !line.startsWith('Warning: '))
    throw dumpFailed(job, how, words.join('\n').slice(0, 1_000))
  } finally {
    closeSync(options)
    await rm(authorities, { force: true })
  }
}
