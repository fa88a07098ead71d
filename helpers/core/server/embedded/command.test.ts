import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cachedPath, serverCommand } from './command.ts'

test('an ENGINE_SRC that does not exist is named', async () => {
  await expect(cachedPath(serverCommand, { ENGINE_SRC: '/no/such/folder' })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    what: 'ENGINE_SRC=/no/such/folder cannot be used: it does not exist.',
    next: expect.stringContaining('ENGINE_SRC'),
  })
})

test('an ENGINE_SRC that lacks a source is named, with the source', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-src-'))
  for (const file of ['go.mod', 'go.sum']) writeFileSync(join(folder, file), '')
  await expect(cachedPath(serverCommand, { ENGINE_SRC: folder })).rejects.toMatchObject({
    what: `ENGINE_SRC=${folder} cannot be used: commands.go is missing in it.`,
  })
  rmSync(folder, { recursive: true })
})
