import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, relative, resolve } from 'node:path'

// An import of types alone is gone when the code runs.
const importStatement = /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\bfrom\s+)?['"]([^'"]+)['"]/gm

const versionOf = (file: string, name: string): string => {
  const packageName = name.split('/', name.startsWith('@') ? 2 : 1).join('/')
  try {
    const path = createRequire(file).resolve(`${packageName}/package.json`)
    return `${packageName}@${/"version":\s*"([^"]*)"/.exec(readFileSync(path, 'utf8'))?.[1]}`
  } catch {
    return packageName
  }
}

const collect = (file: string, base: string, found: Map<string, string>): void => {
  const name = relative(base, file).replaceAll('\\', '/')
  if (found.has(name) || !existsSync(file)) return
  const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
  found.set(name, text)
  for (const [, imported = ''] of text.matchAll(importStatement)) {
    if (imported.startsWith('.')) collect(resolve(dirname(file), imported), base, found)
    else if (!imported.startsWith('node:')) found.set(imported, versionOf(file, imported))
  }
}

/**
 * A hash over the text of files, of all modules that they import, and the versions of the packages among them. Where the
 * files lie does not count, only how they lie to the first one.
 */
export const hashOfModules = (files: readonly string[]): string => {
  const found = new Map<string, string>()
  for (const file of files) collect(file, dirname(files[0] ?? ''), found)
  const texts = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex')
}
