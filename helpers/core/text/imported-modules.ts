import { parseSync } from 'oxc-parser'

/** A module that a source text imports, or hands on. */
export interface ImportedModule {
  /** As it is written; undefined where the name is only known when the code runs. */
  readonly name: string | undefined
  /** Nothing is left of the import when the code runs. */
  readonly isOfTypes: boolean
}

const literal = /^(['"`])((?:(?!\1|\\|\$\{).)*)\1$/s

/** The modules that a source text loads by `import` and `export … from`, one by one. `file` says by its ending what the text is. */
export const importedModules = (file: string, text: string): ImportedModule[] => {
  const { module } = parseSync(file, text)
  const isOfTypes = ({ start }: { readonly start: number }, entries: readonly { isType: boolean }[]) =>
    // `import { type A }` loads its module, `import type { A }` does not.
    entries.every(({ isType }) => isType) &&
    /^(?:import|export)\s+type\b/.test(text.slice(start, start + 200))
  return [
    ...module.staticImports.map((found) => ({
      name: found.moduleRequest.value,
      isOfTypes: found.entries.length > 0 && isOfTypes(found, found.entries),
    })),
    ...module.staticExports.flatMap((found) =>
      found.entries.flatMap(({ moduleRequest }) =>
        moduleRequest === null
          ? []
          : { name: moduleRequest.value, isOfTypes: isOfTypes(found, found.entries) },
      ),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      name: literal.exec(text.slice(start, end))?.[2],
      isOfTypes: false,
    })),
  ]
}
