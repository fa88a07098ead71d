import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { inProject, projectRoot } from '../../helpers/core/config/project.ts'
import { figuresShape } from '../../helpers/core/record/traffic.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'
import { loadBaselineData } from '../../helpers/migrate/data/load-baseline-data.ts'
import { readMigration } from '../../helpers/migrate/folder/migration.ts'
import { startApplication } from '../../helpers/traffic/application.ts'
import { startChild } from '../../helpers/traffic/child.ts'
import { withDatabase } from '../support/test-server.ts'

// A migration in a repository of its own, which has the package in its own node_modules.
const repository = mkdtempSync(join(tmpdir(), 'another repository '))
const own = (...parts: string[]) => join(repository, 'migration', ...parts)
const files = {
  'migration.json': JSON.stringify({
    database: 'shop',
    baseline: 'baseline',
    application: { folder: 'application', endpoints: ['/api/tickets'], ownRows: {} },
  }),
  'baseline/data/index.ts': `
    import { createRandom, type DataOptions, type TableRows, tableRows } from 'tidb-migration-harness/data'
    export const generate = ({ seed }: DataOptions): TableRows[] => [
      tableRows('ticket', 10, ['id', 'seat'], function* () {
        const random = createRandom(seed, 'ticket')
        for (let id = 1; id <= 10; id++) yield { id, seat: random.int(1, 99) }
      }),
    ]`,
  'application/server.ts': `
    import { type Route, serveApplication } from 'tidb-migration-harness/application'
    const tickets: Route = {
      method: 'GET',
      path: '/api/tickets',
      answer: async (pool) => ({ status: 200, body: { tickets: (await pool.query('SELECT * FROM ticket'))[0] } }),
    }
    await serveApplication([tickets])`,
  'application/buyers.ts': `
    import type { Buyers } from 'tidb-migration-harness/application'
    export const openBuyers = async (): Promise<Buyers> => ({
      acknowledged: () => {},
      kinds: [{ name: 'look', weight: 1, make: () => ({ method: 'GET', path: '/api/tickets' }) }],
    })`,
}
for (const [file, text] of Object.entries(files)) {
  mkdirSync(dirname(own(file)), { recursive: true })
  writeFileSync(own(file), text)
}
mkdirSync(join(repository, 'node_modules'))
symlinkSync(projectRoot, join(repository, 'node_modules/tidb-migration-harness'), 'junction')
afterAll(() => rmSync(repository, { recursive: true }))

test('a generator, an application and its buyers outside of the project', async () => {
  await using database = await withDatabase('example_application')
  const connect = () => openWriteSession(database.server)
  await using session = await connect()
  await session.run('CREATE TABLE ticket (id INT PRIMARY KEY, seat INT)')
  const options = { seed: 1, scale: 'small', connections: 1 } as const
  expect(await loadBaselineData(readMigration(own()), connect, options)).toMatchObject({ rows: 10 })

  await using application = await startApplication(own('application'), database.server)
  const answer: unknown = await (await fetch(`${application.url}/api/tickets`)).json()
  expect(z.object({ tickets: z.array(z.unknown()) }).parse(answer).tickets).toHaveLength(10)

  await using buyers = startChild(inProject('helpers/traffic/generator.ts'), {
    ...{ url: application.url, buyers: own('application/buyers.ts'), journal: own('purchases.jsonl') },
    ...{ rate: 20, label: 'l', timeoutSeconds: 10 },
  })
  buyers.say('start')
  await buyers.next(z.object({ sending: z.number() }))
  buyers.say('end')
  expect(await buyers.next(figuresShape)).toMatchObject({ errors: 0 })
})
