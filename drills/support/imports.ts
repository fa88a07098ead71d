import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseSync } from 'oxc-parser'
import { rooms } from '../../helpers/layers.ts'

/** The files that a source text imports, types included, as paths from the project's folder. Packages are left out. */
export const importsOf = (file: string, text: string): string[] => {
  const { module } = parseSync(file, text)
  const named = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start + 1, end - 1)),
  ]
  return named.filter((name) => name.startsWith('.')).map((name) => normalize(join(dirname(file), name)))
}

/** The room that a file under helpers/ stands in, as its place in the list from the bottom up; -1 for any other. */
const floorOf = (file: string): number => rooms.findIndex((room) => file.startsWith(`helpers/${room}/`))

/** What is wrong with the imports of a file under helpers/, one line each; nothing in a test. */
export const wrongImports = (file: string, text: string): string[] => {
  if (file.endsWith('.test.ts')) return []
  const floor = floorOf(file)
  if (floor < 0) return [`${file} stands in no room of helpers/layers.ts`]
  return importsOf(file, text)
    .filter((imported) => !imported.startsWith('helpers/') || floorOf(imported) > floor)
    .map((imported) => `${file} imports ${imported}, which is not below it`)
}

/** The source files of helpers/, as paths from the project's folder. */
export const sourcesUnderHelpers = (root: string): { file: string; text: string }[] =>
  globSync('helpers/*/**/*.ts', { cwd: root }).map((file) => ({
    file,
    text: readFileSync(join(root, file), 'utf8'),
  }))
