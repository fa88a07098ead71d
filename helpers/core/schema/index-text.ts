import { endOfParts } from './definition.ts'

// A string is stepped over whole: a comment may speak of anything.
const known = / COMMENT '(?:[^']|'')*'| \/\*!80000 INVISIBLE \*\/| \/\*T!\[clustered_index\] \w+ \*\//g

/**
 * What the definition of an index says beside its name, its parts, its comment and that it is invisible: `WHERE …`, `GLOBAL`.
 * Empty for most.
 */
export const furtherTextOf = (definition: string): string =>
  definition.slice(endOfParts(definition)).replaceAll(known, '').trim()
