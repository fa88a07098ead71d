import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sourcesUnderHelpers, wrongImports } from '../drills/support/imports.ts'
import { projectRoot } from './core/config/project.ts'
import { rooms } from './layers.ts'

describe('a room imports only from the rooms below it', () => {
  test('in all files of helpers/', () => {
    const sources = sourcesUnderHelpers(projectRoot)
    expect(sources.length).toBeGreaterThan(300)
    expect(sources.flatMap(({ file, text }) => wrongImports(file, text))).toEqual([])
  })

  test.for([
    ['a value', "import { rollBack } from '../../migrate/apply/rollback.ts'"],
    ['a type', "import type { Permit } from '../../gate/permit.ts'"],
    ['one that is handed on', "export { section } from '../../run/section.ts'"],
    ['one that is loaded later', "await import('../../cli/lock.ts')"],
    ['a room of the same layer that stands above it', "import { readBefore } from '../record/before.ts'"],
    ['a drill', "import { startFixture } from '../../../drills/support/fixture.ts'"],
  ])('a planted import upwards is found: %s', ([, line = '']) => {
    expect(wrongImports('helpers/core/schema/planted.ts', line)).toHaveLength(1)
  })

  test('imports downwards, of its own room and of packages are not', () => {
    const text = `import { z } from 'zod'
import { sum } from '../text/numbers.ts'
import type { Table } from './model.ts'
await using nothing = new AsyncDisposableStack()`
    expect(wrongImports('helpers/core/schema/planted.ts', text)).toEqual([])
  })

  test('a file outside of every room is found', () => {
    expect(wrongImports('helpers/misc/planted.ts', '')).toHaveLength(1)
  })
})

test('every room of the list is there, and no folder holds more than 25 files', () => {
  const files = globSync('helpers/**/*.ts', { cwd: projectRoot })
  for (const room of rooms)
    expect(
      files.some((file) => file.startsWith(`helpers/${room}/`)),
      room,
    ).toBe(true)
  const crowded = [...Map.groupBy(files, dirname)].filter(([, found]) => found.length > 25)
  expect(crowded.map(([folder]) => folder)).toEqual([])
})
