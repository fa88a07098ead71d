import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { prepareServer } from '../../helpers/core/server/prepared/prepare-server.ts'

// A process of its own for the tests: prepares an almost empty server, and says when it does.
const { CACHE, BINARY, STAY } = process.env
const say = (line: string) => console.log(line)
const prepared = await prepareServer(
  { ENGINE_CACHE: CACHE, TIDB_SERVER_BIN: BINARY, PREPARED_GB: 1 },
  {
    about: 'a test',
    inputs: { test: '1' },
    figures: z.null(),
    fill: async (engine) => {
      say(`filling ${engine.pid} ${engine.dataDir}`)
      if (STAY !== undefined) await sleep(60_000)
      return null
    },
  },
  say,
)
say(prepared?.preparedAt === undefined ? 'prepared now' : 'prepared earlier')
