import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { importedModules } from '../../helpers/core/text/imported-modules.ts'
import { loadsByName, rooms } from '../../helpers/layers.ts'
import manifest from '../../package.json' with { type: 'json' }

const computed = 'a module whose name is computed'
const listFile = 'helpers/layers.ts'

/** What a text names as a type, `import('…')` and `import x = require('…')`. */
const namedAsTypes = (file: string, text: string): string[] => {
  const found: string[] = []
  new Visitor({
    TSImportType: ({ source }) => found.push(source.value),
    TSExternalModuleReference: ({ expression }) => found.push(expression.value),
  }).visit(parseSync(file, text).program)
  return found
}

const isBuiltIn = (name: string): boolean => name.startsWith('node:')
const isOwn = (name: string): boolean => name === manifest.name || name.startsWith(`${manifest.name}/`)
const isPackage = (name: string): boolean => /^[@\w][^:]*$/.test(name) && !isOwn(name)

/** Where an import leads, as a path from the project's folder; as it is written when it is no path that starts with a dot. */
const placeOf = (file: string, name: string): string =>
  // As Node does it: a backslash or %2e is one more way to write a path.
  name.startsWith('.') ? decodeURIComponent(new URL(name, `file:///${file}`).pathname.slice(1)) : name

/** All that a file imports but packages, types included. */
const importsOf = (file: string, text: string): string[] =>
  [...importedModules(file, text).map(({ name }) => name ?? computed), ...namedAsTypes(file, text)]
    .map((name) => (/^(?:node:)?module$/.test(name) ? computed : name))
    .filter((name) => name === computed || !(isBuiltIn(name) || isPackage(name)))
    .map((name) => placeOf(file, name))

/** The room that a file under helpers/ stands in, as its place in the list from the bottom up; -1 for any other. */
const floorOf = (file: string): number => rooms.findIndex((room) => file.startsWith(`helpers/${room}/`))

const isTest = (file: string): boolean => /\.test\.[cm]?[jt]sx?$/.test(file)

/** What is wrong with the imports of a file under helpers/, one line each; nothing in a test. */
export const wrongImports = (file: string, text: string): string[] => {
  if (isTest(file)) return []
  const floor = floorOf(file)
  if (floor < 0 && file !== listFile) return [`${file} stands in no room of ${listFile}`]
  const mayLoadByName = loadsByName.some((listed) => file === `helpers/${listed}`)
  return importsOf(file, text)
    .filter((imported) => !(imported === computed && mayLoadByName))
    .filter((imported) => isTest(imported) || floorOf(imported) < 0 || floorOf(imported) > floor)
    .map((imported) => `${file} imports ${imported}, which is not below it`)
}

/** The source files of helpers/, as paths from the project's folder. */
export const sourcesUnderHelpers = (root: string): { file: string; text: string }[] =>
  globSync('helpers/**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}', { cwd: root }).map((found) => {
    const file = found.replaceAll('\\', '/')
    return { file, text: readFileSync(join(root, file), 'utf8') }
  })
