import { join, resolve } from 'node:path'

/** The folder of the project, wherever it was checked out. */
export const projectRoot = resolve(import.meta.dirname, '../../..')

/** A path inside of the project. */
export const inProject = (...parts: string[]): string => join(projectRoot, ...parts)
