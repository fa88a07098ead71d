import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { importedModules } from '../../text/imported-modules.ts'

const endings = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx', '.json']
const isSource = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file)
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

/** The files that a relative import may mean; all of them, because Node and a bundler do not choose alike. */
const meantBy = (path: string): string[] =>
  [
    path,
    path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2'),
    ...endings.flatMap((ending) => [`${path}${ending}`, join(path, `index${ending}`)]),
  ].filter((candidate, at, all) => all.indexOf(candidate) === at && isFile(candidate))

/** The file of a package that lies outside of node_modules, where a link leads to sources that change without a version. */
const linkedFile = (file: string, name: string): string | undefined => {
  try {
    const path = createRequire(file).resolve(name)
    return path.replaceAll('\\', '/').includes('/node_modules/') ? undefined : path
  } catch {
    return undefined
  }
}

const versionOf = (file: string, name: string): string => {
  try {
    const path = findPackageJSON(name, file)
    return path === undefined ? 'missing' : `${JSON.parse(readFileSync(path, 'utf8')).version}`
  } catch {
    return 'missing'
  }
}

const collect = (file: string, base: string, found: Map<string, string>): void => {
  const key = relative(base, file).replaceAll('\\', '/')
  if (found.has(key) || !isFile(file)) return
  if (!isSource(file)) {
    found.set(key, readFileSync(file, 'base64'))
    return
  }
  const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
  found.set(key, text)
  for (const { name, isOfTypes } of importedModules(file, text)) {
    if (isOfTypes || name === undefined || name.startsWith('node:')) continue
    const linked = name.startsWith('.') ? undefined : linkedFile(file, name)
    const meant = name.startsWith('.') ? meantBy(resolve(dirname(file), name)) : [linked ?? []].flat()
    for (const path of meant) collect(path, base, found)
    if (meant.length === 0)
      found.set(`${key}: ${name}`, name.startsWith('.') ? 'missing' : versionOf(file, name))
  }
}

/**
 * A hash over the text of files, of all modules that they import, and the versions of the packages among them. Where the
 * files lie does not count, only how they lie to the first one. What a module loads by a name that it computes, or reads
 * as a file, is not seen: such files are to be given.
 */
export const hashOfModules = (files: readonly string[]): string => {
  const found = new Map<string, string>()
  for (const file of files) collect(file, dirname(files[0] ?? ''), found)
  const texts = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex')
}
