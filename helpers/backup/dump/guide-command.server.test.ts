import { afterAll, beforeAll, expect, test } from 'vitest'
import { testServer } from '../../../drills/support/test-server.ts'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { findGuideTools, judgeGuideBackup, runGuideCommand } from './guide-command.ts'

let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema(
    'guide_backup',
    'CREATE TABLE A (a INT);\nCREATE TABLE B (b INT);\nINSERT INTO A VALUES (1), (2);\nINSERT INTO B VALUES (3);\nCREATE VIEW V AS SELECT a FROM A;\n',
  )
})
afterAll(() => schema[Symbol.asyncDispose]())

const whole = { tables: 2, rows: 3, views: 1 }

test.for([
  [
    '--single-transaction',
    'refuted',
    /^exit code 2, .* it has 1 of 2 tables, 2 of 3 rows and 0 of 1 views; .*\(1305\)/,
  ],
  ['--skip-lock-tables', 'held', /^exit code 0, .* it has 2 of 2 tables, 3 of 3 rows and 1 of 1 views$/],
] as const)('mysqldump with %s: the claim is %s', async ([option, verdict, measured], context) => {
  const tools = findGuideTools()
  if (tools === undefined) return context.skip('there is no mysqldump and mysql on the PATH')
  const saved = await runGuideCommand(tools, schema.address, [option], testServer())
  const claim = judgeGuideBackup('it is a backup', whole, saved)
  expect(claim).toEqual({ claim: 'it is a backup', verdict, measured: expect.stringMatching(measured) })
})
