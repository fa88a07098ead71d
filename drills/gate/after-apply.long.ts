import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataFaults } from '../support/faults/data-faults.ts'
import { expectRed } from '../support/faults/fault.ts'
import { loseIndexEntries } from '../support/faults/lose-index-entries.ts'
import { schemaFaults } from '../support/faults/schema-faults.ts'
import { type Fixture, startMigratedFixture, verification } from '../support/fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startMigratedFixture()
})
afterAll(async () => fixture[Symbol.asyncDispose]())

const expectGreen = async () => {
  const outcome = await fixture.run(verification)
  expect(outcome.red, outcome.tail).toEqual([])
}

test('without a fault all is green', expectGreen)

describe('turns red when', () => {
  test.for([...schemaFaults, ...dataFaults])('$fault', async (fault) => {
    await fixture.sql(...fault.put)
    try {
      expectRed(await fixture.run(verification), fault)
    } finally {
      await fixture.sql(...fault.takeOut)
    }
  })

  test('an index has lost entries', async () => {
    await using session = await fixture.connect()
    await loseIndexEntries(session, { table: 'Event', index: 'idx_category_status', value: 1 })
    try {
      expectRed(await fixture.run(verification), {
        red: ['integrity.index-consistency[Event]', 'integrity.index-count[Event.idx_category_status]'],
        says: /INDEX_INCONSISTENT: ADMIN CHECK TABLE Event: data inconsistency in table: Event, index: idx_category_status/,
      })
    } finally {
      await session.run('ADMIN RECOVER INDEX `Event` `idx_category_status`')
    }
  })
})

test('with every fault taken out all is green again', expectGreen)
