import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dropOldCopies, makeCopyFolder } from './copies.ts'

test('an old copy that no server was started on goes; a new one and one of a server stay', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'copies-'))
  const make = async (ageHours: number, isStarted: boolean) => {
    const folder = await makeCopyFolder(temporary)
    mkdirSync(join(folder, 'data'))
    if (isStarted) writeFileSync(join(folder, 'engine.toml'), '')
    const at = Date.now() / 1000 - ageHours * 3600
    utimesSync(folder, at, at)
    return folder
  }
  const old = await make(2, false)
  const others = [await make(0, false), await make(2, true), join(temporary, 'another')]
  mkdirSync(join(temporary, 'another'))
  utimesSync(join(temporary, 'another'), 1, 1)
  await dropOldCopies(temporary)
  expect(existsSync(old)).toBe(false)
  expect(others.map((folder) => existsSync(folder))).toEqual([true, true, true])
  rmSync(temporary, { recursive: true })
})
