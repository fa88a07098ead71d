import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
    ['a file that stands in no room', "import { rooms } from '../../layers.ts'"],
    ['a test', "import { planted } from './definition.test.ts'"],
    ['a type by import()', "export type P = import('../../gate/permit.ts').Permit"],
    ['a type by typeof import()', "export type P = typeof import('../../gate/permit.ts')"],
    ['one by import = require()', "import permit = require('../../gate/permit.ts')"],
    ['the own name of the package', "import { readPlan } from 'tidb-migration-harness/query-plan'"],
    ['an absolute path', "import '/somewhere/helpers/gate/permit.ts'"],
    ['a URL', "import 'file:///somewhere/helpers/gate/permit.ts'"],
    ['backslashes', String.raw`import '..\\..\\gate\\permit.ts'`],
    ['a dot that is written otherwise', "import './%2e%2e/../gate/permit.ts'"],
    ['a name that is computed', "await import(['..', '..', 'gate/permit.ts'].join('/'))"],
    ['a name that is put together', "await import('../../gate' + '/permit.ts')"],
    ['one by createRequire', "import { createRequire } from 'node:module'"],
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

  test.each(['helpers/misc/planted.ts', 'helpers/planted.ts', 'helpers/core/planted.js'])(
    'a file outside of every room is found: %s',
    (file) => expect(wrongImports(file, '')).toHaveLength(1),
  )

  test('the list of rooms imports nothing', () => {
    expect(wrongImports('helpers/layers.ts', "import './core/text/numbers.ts'")).toHaveLength(1)
  })

  test('files of all kinds that run are read, those directly in helpers/ too', () => {
    const root = mkdtempSync(join(tmpdir(), 'layers-'))
    mkdirSync(join(root, 'helpers/core/text'), { recursive: true })
    const planted = ['helpers/launder.ts', 'helpers/core/text/a.mts', 'helpers/core/text/b.js']
    for (const file of planted) writeFileSync(join(root, file), '')
    const found = sourcesUnderHelpers(root).map(({ file }) => file)
    rmSync(root, { recursive: true })
    expect(found.toSorted()).toEqual(planted.toSorted())
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
