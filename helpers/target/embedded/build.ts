import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { check as isLocked, lock } from 'proper-lockfile'
import { HarnessError, messageOf } from '../../errors/harness-error.ts'

const moduleDir = join(import.meta.dirname, '../../../engine')
const releaseVersion = 'v7.5.0'
const linkerFlags = [
  '-checklinkname=0',
  '-s',
  '-w',
  `-X github.com/pingcap/tidb/pkg/parser/mysql.TiDBReleaseVersion=${releaseVersion}`,
].join(' ')
const serverPackage = 'github.com/pingcap/tidb/cmd/tidb-server'
const goEnvironment = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath -buildvcs=false', GOWORK: 'off' }
const minimumGo = 23

export type Say = (line: string) => void

const defaultCache = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tidb-migration-harness')

/** Where the engine of this version and these flags is, or will be. Changes with go.mod, go.sum and the flags. */
export const cachedEnginePath = async (cacheDir = defaultCache()): Promise<string> => {
  const hash = createHash('sha256')
  for (const file of ['go.mod', 'go.sum', 'commands.go']) hash.update(await readFile(join(moduleDir, file)))
  hash.update(JSON.stringify([linkerFlags, goEnvironment, serverPackage, process.platform, process.arch]))
  return join(cacheDir, `engine-${hash.digest('hex').slice(0, 16)}`, 'tidb-server')
}

/** The minor version of the Go toolchain on the PATH (1.26 gives 26), or undefined when there is none. */
const goMinor = async (): Promise<number | undefined> => {
  const answer = await execa('go', ['env', 'GOVERSION'], { cwd: moduleDir, reject: false })
  const found = /^go1\.(\d+)/.exec(answer.stdout ?? '')
  return answer.failed || found === null ? undefined : Number(found[1])
}

/** True when a Go toolchain that can build the engine is on the PATH. */
export const canBuildEngine = async (): Promise<boolean> => ((await goMinor()) ?? 0) >= minimumGo

const goBuild = async (output: string, say: Say): Promise<void> => {
  const options = { cwd: moduleDir, env: goEnvironment }
  const listed = await execa('go', ['list', '-deps', '-tags', 'commands', serverPackage], options)
  const total = listed.stdout.split('\n').length
  const build = execa(
    'go',
    ['build', '-v', '-tags', 'commands', '-ldflags', linkerFlags, '-o', output, serverPackage],
    options,
  )
  const started = performance.now()
  let compiled = 0
  const report = () =>
    say(
      `building the engine: ${compiled} of at most ${total} packages, ${Math.round((performance.now() - started) / 1000)} s`,
    )
  const timer = setInterval(report, 10_000)
  build.stderr?.on('data', (chunk: Buffer) => {
    compiled += chunk.toString().split('\n').length - 1
  })
  try {
    await build
    report()
  } finally {
    clearInterval(timer)
  }
}

/**
 * Returns the path of the cached engine, after building it once from engine/ if need be.
 * Two callers at once build it once: the second waits for the first. Throws ENGINE_BUILD_FAILED.
 */
export const buildEngine = async (say: Say, cacheDir?: string): Promise<string> => {
  const path = await cachedEnginePath(cacheDir)
  if (existsSync(path)) return path
  const folder = join(path, '..')
  await mkdir(folder, { recursive: true })
  // The lock file is touched while the build lives, so the lock of a killed build is free again after 20 s.
  const staleAfterMs = 20_000
  if (await isLocked(folder, { stale: staleAfterMs }))
    say('another run is building the engine; waiting for it')
  const retries = { forever: true, minTimeout: 1000, maxTimeout: 1000 }
  const release = await lock(folder, { stale: staleAfterMs, update: 5_000, retries })
  try {
    if (existsSync(path)) return path
    const fresh = `${path}.${process.pid}`
    say('building the engine once: TiDB v7.5.0 from engine/, about 4 minutes on 2 cores')
    await goBuild(fresh, say)
    await rename(fresh, path)
    return path
  } catch (cause) {
    await rm(`${path}.${process.pid}`, { force: true })
    throw new HarnessError('ENGINE_BUILD_FAILED', {
      what: `go build failed in engine/: ${messageOf(cause).split('\n').slice(0, 6).join('\n    ')}`,
      next: 'Mend what Go says, or set TIDB_SERVER_BIN to a tidb-server you have, or use TARGET=container.',
      cause,
    })
  } finally {
    await release()
  }
}
