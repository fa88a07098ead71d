import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../helpers/core/config/project.ts'

const parts = ['helpers', 'specs', 'sql', 'engine', 'vitest.config.ts', 'tsconfig.json', 'package.json']

/** A copy of the project to spoil, with the same node_modules. */
export const copyOfProject = async (): Promise<{ readonly root: string } & AsyncDisposable> => {
  const root = await mkdtemp(join(tmpdir(), 'drill-project-'))
  for (const part of parts) await cp(join(projectRoot, part), join(root, part), { recursive: true })
  await symlink(join(projectRoot, 'node_modules'), join(root, 'node_modules'))
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) }
}
