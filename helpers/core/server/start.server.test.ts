import { expect, test } from 'vitest'
import { z } from 'zod'
import { testServer } from '../../../drills/support/test-server.ts'
import { loadSettings } from '../config/load.ts'
import { projectRoot } from '../config/project.ts'
import { openProbeSession } from './probe-session.ts'
import { openRawWriteSession, openReadSession, type ReadSession } from './session.ts'
import { startTarget } from './start.ts'

const limitOf = async (session: ReadSession) => {
  const row = z.object({ ms: z.coerce.number() })
  return (await session.row(row, 'SELECT @@max_execution_time AS ms')).ms
}

test('no TTL job runs on a server that is thrown away: it would delete rows of the test fixture', async () => {
  await using session = await openReadSession(testServer().address)
  const row = z.object({ isOn: z.coerce.number() })
  expect(await session.row(row, 'SELECT @@GLOBAL.tidb_ttl_job_enable AS isOn')).toEqual({ isOn: 0 })
})

test('every connection to a target of the user keeps the statement limit that was set', async () => {
  const { address } = testServer()
  const settings = loadSettings(projectRoot, {
    TARGET: 'prod',
    DATABASE_URL: `mysql://${address.user}:${address.password}@${address.host}:${address.port}/test`,
    ALLOW_PLAINTEXT: '1',
    STATEMENT_SECONDS: '7',
  })
  const target = await startTarget(settings, () => {})
  for (const open of [openReadSession, openRawWriteSession, openProbeSession]) {
    await using session = await open(target.address, target.sessionOptions)
    expect(await limitOf(session), open.name).toBe(7_000)
  }
})
