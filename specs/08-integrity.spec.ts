import { expect } from 'vitest'
import { z } from 'zod'
import { HarnessError, messageOf } from '../helpers/core/errors/harness-error.ts'
import { isInconsistency, isTimeout, serverErrorNumber } from '../helpers/core/errors/server-error.ts'
import { beforeRecord } from '../helpers/core/record/before.ts'
import { readRowHashes } from '../helpers/core/rows/row-hash.ts'
import { findTable, isMultiValued, qualifiedName } from '../helpers/core/schema/model.ts'
import { quoteName } from '../helpers/core/text/quote.ts'
import { statementsOf } from '../helpers/migrate/folder/migration.ts'
import { forEach, section } from '../helpers/run/section.ts'
import { rowsOfTraffic } from '../helpers/traffic/scope.ts'
import { countThroughIndex } from '../helpers/verify/integrity/index-count.ts'

const integrity = section('integrity', {
  needs: ['constraints'],
  modes: ['rehearse', 'check', 'apply'],
})
const { check, context, read, run, lock, migration } = integrity
const isThrowAway = context.target.token !== null
const privilegeMissing = 8121
const indexedTables = [...new Set(lock.adds.indexes.map(({ table }) => table))]

forEach('audits', statementsOf(migration, 'audits'), (audit) => {
  check(
    `audit-${audit.name}`,
    `no ${audit.about['title'] ?? audit.name}`,
    async ({ show }) => {
      const { count } = await read((session) => session.row(z.object({ count: z.number() }), audit.sql))
      show({ count, sql: audit.sql })
      if (count === 0) return
      throw new HarnessError('AUDIT_FAILED', {
        what: `${count} ${audit.about['title'] ?? audit.name}.`,
        next: `List them with the WHERE of: ${audit.sql}`,
      })
    },
    { asks: audit.sql },
  )
})

forEach('rows', lock.baseline.tables, ({ name }) => {
  check(['rows-unchanged', name], `every row of ${name} is as it was before`, async ({ show, skip }) => {
    if (!isThrowAway) return skip('the rows of a live target change while it is looked at')
    const before = beforeRecord.read(run)
    const table = findTable(before.schema, name)
    const [after] =
      table === undefined
        ? []
        : await read((session) => readRowHashes(session, [table], rowsOfTraffic(integrity)))
    const was = before.rows.find((row) => row.table === name)
    show({ before: was, after, leftOut: rowsOfTraffic(integrity)[name] })
    if (was !== undefined && was.rows === after?.rows && was.hash === after.hash) return
    throw new HarnessError('ROWS_CHANGED', {
      what: `The rows of ${name} are not what they were: ${was?.rows} rows before, ${after?.rows} now, ${was?.rows === after?.rows ? 'with other values' : 'so rows came or went'}.`,
      next: 'Find out who wrote to the table while the migration ran. The migration itself changes no row.',
    })
  })
})

forEach('indexes against rows', indexedTables, (table) => {
  check(
    ['index-consistency', table],
    `the server finds ${table} consistent with its indexes`,
    async ({ skip }) => {
      await read(async (session) => {
        // The fast check compares checksums only, and can miss what a row by row comparison finds.
        await session.setSession('tidb_enable_fast_table_check', 0)
        await session.rows(z.unknown(), `ADMIN CHECK TABLE ${quoteName(table)}`)
      }).catch((cause: unknown) => {
        const message = messageOf(cause)
        if (serverErrorNumber(cause) === privilegeMissing)
          skip(`could not check, needs SUPER: ${message}`, 'COULD_NOT_CHECK')
        if (isTimeout(cause))
          skip(`could not check within STATEMENT_SECONDS; set it higher to run it: ${message}`, 'TIMED_OUT')
        // A lost connection or a statement that was killed says nothing of the index.
        if (!isInconsistency(cause)) throw cause
        throw new HarnessError('INDEX_INCONSISTENT', {
          what: `ADMIN CHECK TABLE ${table}: ${message}`,
          why: 'An index and its table do not hold the same rows, so queries can give wrong answers.',
          next: 'Drop the index that the message names and add it again, on a server where nothing writes.',
          cause,
        })
      })
    },
    { reads: [table] },
  )
})

forEach('index counts', lock.adds.indexes, (index) => {
  check(
    ['index-count', qualifiedName(index)],
    `${qualifiedName(index)} holds as many rows as its table`,
    async ({ show, skip }) => {
      // No session of v7.5 can use an invisible index (tidb_opt_use_invisible_indexes came later).
      if (!index.visible) skip('an invisible index cannot be counted through; ADMIN CHECK TABLE covers it')
      if (isMultiValued(index))
        skip('a multi-valued index holds an entry a member, not a row; ADMIN CHECK TABLE covers it')
      const counts = await read((session) => countThroughIndex(session, index))
      show(counts)
      expect(counts.throughIndex).toBe(counts.throughTable)
    },
    { afterOnly: true, reads: [index.table] },
  )
})
