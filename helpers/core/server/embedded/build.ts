import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { check as isLeased, lock as takeLease } from 'proper-lockfile'
import { HarnessError, messageOf } from '../../errors/harness-error.ts'
import { cachedPath, type EngineCommand, goEnvironment, moduleDirOf, type Places } from './command.ts'

const minimumGo = 23

export type Say = (line: string) => void

/** The minor version of the Go toolchain on the PATH (1.26 gives 26), or undefined when there is none. */
const goMinor = async (places: Places): Promise<number | undefined> => {
  const answer = await execa('go', ['env', 'GOVERSION'], { cwd: moduleDirOf(places), reject: false })
  const found = /^go1\.(\d+)/.exec(answer.stdout ?? '')
  return answer.failed || found === null ? undefined : Number(found[1])
}

/** True when a Go toolchain that can build what is in engine/ is on the PATH. */
export const canBuild = async (places: Places): Promise<boolean> =>
  ((await goMinor(places)) ?? 0) >= minimumGo

const goBuild = async (command: EngineCommand, output: string, say: Say, places: Places): Promise<void> => {
  const options = { cwd: moduleDirOf(places), env: goEnvironment }
  const listed = await execa('go', ['list', '-deps', '-tags', 'commands', command.package], options)
  const total = listed.stdout.split('\n').length
  const build = execa(
    'go',
    ['build', '-v', '-tags', 'commands', '-ldflags', command.linkerFlags, '-o', output, command.package],
    options,
  )
  const started = performance.now()
  let compiled = 0
  const report = () =>
    say(
      `building ${command.name}: ${compiled} of at most ${total} packages, ${Math.round((performance.now() - started) / 1000)} s`,
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
 * Returns the path of the cached binary, after building it once from engine/ if need be.
 * Two callers at once build it once: the second waits for the first. Throws ENGINE_BUILD_FAILED.
 */
export const buildCommand = async (command: EngineCommand, say: Say, places: Places): Promise<string> => {
  const path = await cachedPath(command, places)
  if (existsSync(path)) return path
  const folder = join(path, '..')
  await mkdir(folder, { recursive: true })
  // The lease is touched while the build lives, so that of a killed build is free again after 20 s.
  const staleAfterMs = 20_000
  if (await isLeased(folder, { stale: staleAfterMs }))
    say(`another run is building ${command.name}; waiting for it`)
  const retries = { forever: true, minTimeout: 1000, maxTimeout: 1000 }
  const release = await takeLease(folder, { stale: staleAfterMs, update: 5_000, retries })
  try {
    if (existsSync(path)) return path
    const fresh = `${path}.${process.pid}`
    say(`building ${command.about}`)
    await goBuild(command, fresh, say, places)
    await rename(fresh, path)
    return path
  } catch (cause) {
    await rm(`${path}.${process.pid}`, { force: true })
    throw new HarnessError('ENGINE_BUILD_FAILED', {
      what: `go build of ${command.name} failed in ${moduleDirOf(places)}: ${messageOf(cause).split('\n').slice(0, 6).join('\n    ')}`,
      next: `Fix what Go says, or set ${command.name === 'dumpling' ? 'BACKUP_TOOL=mysqldump' : 'TIDB_SERVER_BIN to a tidb-server you have, or use TARGET=container'}.`,
      cause,
    })
  } finally {
    await release()
  }
}
