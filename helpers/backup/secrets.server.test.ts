import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../drills/support/certificate.ts'
import { engineSettings } from '../../drills/support/fixture.ts'
import { oddPassword } from '../../drills/support/stand-in.ts'
import type { Engine } from '../core/server/embedded/engine.ts'
import { openRawWriteSession, type ServerAddress } from '../core/server/session.ts'
import { startEngineFor } from '../core/server/start.ts'
import { readServerCertificate } from './dump/server-certificate.ts'
import { type BackupTool, findBackupTool, findDumpling } from './dump/tool.ts'
import { makeBackup } from './make.ts'

let engine: Engine
let folder: string
let cert: string
let account: ServerAddress
/** A certificate of somebody else for the same host. */
let other: string
const path = process.env['PATH']
const said: string[] = []
const say = (line: string) => said.push(line)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harness-secrets-'))
  const tls = await makeCertificate(folder, 'localhost')
  cert = await readFile(tls.cert, 'utf8')
  await mkdir(join(folder, 'other'))
  other = (await makeCertificate(join(folder, 'other'), 'localhost')).cert
  engine = await startEngineFor(engineSettings, () => {}, { tls })
  await using admin = await openRawWriteSession(engine.address)
  await admin.script(
    'CREATE DATABASE shop; CREATE TABLE shop.T (a INT PRIMARY KEY); INSERT INTO shop.T VALUES (1)',
  )
  await admin.run("CREATE USER 'reader'@'%' IDENTIFIED BY ? REQUIRE SSL", [oddPassword])
  await admin.run("GRANT SELECT, SHOW VIEW ON shop.* TO 'reader'@'%'")
  account = {
    host: 'localhost',
    port: engine.address.port,
    user: 'reader',
    password: oddPassword,
    database: 'shop',
    tls: { ca: cert },
  }
})
afterEach(() => {
  process.env['PATH'] = path
})
afterAll(async () => {
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A program that writes down what it was told, then becomes the real one. */
const listener = async (name: string, real: string, dir = folder): Promise<string> => {
  await mkdir(dir, { recursive: true })
  const file = join(dir, name)
  await writeFile(
    file,
    `#!/bin/sh\n/bin/echo "$@" >> '${folder}/told'\n/usr/bin/env >> '${folder}/told'\nexec '${real}' "$@"\n`,
  )
  await chmod(file, 0o755)
  return file
}

const make = (tool: BackupTool | undefined, address = account) => {
  if (tool === undefined) throw new Error('no tool')
  return makeBackup({
    address,
    target: { name: 'test', version: 'test' },
    dir: join(folder, `backup-${Math.random()}`),
    tool,
    connections: 2,
    say,
  })
}

const expectSilence = async () => {
  const told = await readFile(join(folder, 'told'), 'utf8')
  expect(told).toMatch(/--(?:database|databases)/)
  for (const form of [oddPassword, JSON.stringify(oddPassword).slice(1, -1), "p'4s"])
    expect(told).not.toContain(form)
  await rm(join(folder, 'told'))
}

describe('the password stands on no command line and in no environment', () => {
  test('of dumpling', async () => {
    const real = await findDumpling(engineSettings, say, true)
    const DUMPLING_BIN = await listener('dumpling-that-listens', real?.path ?? '')
    const tool = await findBackupTool({ ...engineSettings, DUMPLING_BIN, BACKUP_TOOL: 'dumpling' }, say, true)
    const { manifest, dir } = await make(tool)
    expect(manifest.rows).toBe(1)
    expect(JSON.stringify(manifest)).not.toContain("p'4s")
    expect(existsSync(join(dir, 'server-certificate.pem'))).toBe(false)
    await expectSilence()
  })

  test('of mysqldump', async (context) => {
    const real = await findBackupTool({ ...engineSettings, BACKUP_TOOL: 'mysqldump' }, say, true)
    if (real === undefined) return context.skip('there is no mysqldump on the PATH')
    const dir = join(folder, 'bin')
    await listener('mysqldump', real.path, dir)
    process.env['PATH'] = `${dir}${delimiter}${path}`
    const tool = await findBackupTool({ ...engineSettings, BACKUP_TOOL: 'mysqldump' }, say, true)
    const { manifest } = await make(tool)
    expect(manifest.files.map(({ name }) => name)).toEqual(['dump.sql'])
    await expectSilence()
  })

  test('a dumpling that takes it there only is refused when it is named, and passed over on the PATH', async () => {
    const dir = join(folder, 'original')
    const original = await listener('dumpling', '/bin/true', dir)
    await expect(findDumpling({ ...engineSettings, DUMPLING_BIN: original }, say, true)).rejects.toThrow(
      /DUMPLING_SHOWS_PASSWORD: DUMPLING_BIN=.* takes a password on its command line only/,
    )
    expect((await findDumpling({ ...engineSettings, DUMPLING_BIN: original }, say, false))?.path).toBe(
      original,
    )
    process.env['PATH'] = `${dir}${delimiter}${path}`
    expect((await findDumpling(engineSettings, say, true))?.path).not.toBe(original)
    expect(said.join('\n')).toContain(
      `${original} takes a password on its command line only, so the one from engine/`,
    )
    expect((await findDumpling(engineSettings, say, false))?.path).toBe(original)
  })
})

describe('TLS', () => {
  test('the certificate that was verified is the only one that dumpling is told to trust', async () => {
    const found = await readServerCertificate(account)
    expect(found.replaceAll(/\s/g, '')).toBe(cert.replaceAll(/\s/g, ''))
  })

  test('and dumpling refuses every other one, though it is for the same host', async () => {
    const tool = await findDumpling(engineSettings, say, true)
    const flags = [
      '--host=localhost',
      `--port=${account.port}`,
      '--user=root',
      `--ca=${other}`,
      '--status-addr=',
    ]
    const { all, exitCode } = await execa(tool?.path ?? '', flags, { all: true, reject: false, cwd: folder })
    expect(exitCode).not.toBe(0)
    expect(all).toMatch(/connecting failed: .*certificate/)
  })

  test.for<[string, () => Promise<Partial<ServerAddress>>, RegExp]>([
    [
      'an authority that did not sign it',
      async () => ({ tls: { ca: await readFile(other, 'utf8') } }),
      /TARGET_UNREACHABLE[\s\S]*(?:self-signed|signature)/,
    ],
    ['a host that it is not for', async () => ({ host: '127.0.0.1' }), /TARGET_UNREACHABLE[\s\S]*altnames/],
  ])('nothing is dumped from behind %s', async ([, change, says]) => {
    const address = { ...account, ...(await change()) }
    await expect(readServerCertificate(address)).rejects.toThrow(says)
    await expect(make(await findDumpling(engineSettings, say, true), address)).rejects.toThrow()
  })
})
