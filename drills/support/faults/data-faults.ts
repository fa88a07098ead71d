import type { Fault } from './fault.ts'

interface Bad {
  readonly audit: string
  readonly table: string
  readonly key: string
  readonly constraint: string
  readonly make: string
  readonly undo: string
}

const mirrored = (start: string, end: string) =>
  `${end} = DATE_SUB(${start}, INTERVAL TIMESTAMPDIFF(SECOND, ${start}, ${end}) SECOND)`
const raised = (column: string, by: string) => ({
  make: `${column} = ${column} + ${by} + 1`,
  undo: `${column} = ${column} - ${by} - 1`,
})
const same = (change: string) => ({ make: change, undo: change })

const event = { table: 'Event', key: 'event_id' }

// A change and its inverse, because rows cannot be kept aside: in TiDB, CREATE TABLE … LIKE renames the
// constraints of the table it copies (#71057).
const rowsThatAuditsFind: readonly Bad[] = [
  {
    ...event,
    audit: 'event-dates',
    constraint: 'chk_event_dates',
    ...same(mirrored('start_datetime', 'end_datetime')),
  },
  {
    ...event,
    audit: 'negative-sales',
    constraint: 'chk_event_sold',
    ...same('sold_tickets = -1 - sold_tickets'),
  },
  {
    ...event,
    audit: 'oversold-events',
    constraint: 'chk_event_sold',
    ...raised('sold_tickets', 'total_capacity'),
  },
  {
    audit: 'order-amounts',
    table: 'Order',
    key: 'order_id',
    constraint: 'chk_order_amounts',
    ...raised('final_amount', 'total_amount'),
  },
  {
    audit: 'oversold-types',
    table: 'TicketType',
    key: 'ticket_type_id',
    constraint: 'chk_ticket_quantity',
    ...raised('sold_quantity', 'quantity'),
  },
  {
    audit: 'discount-dates',
    table: 'Discount',
    key: 'discount_id',
    constraint: 'chk_discount_dates',
    ...same(mirrored('start_date', 'end_date')),
  },
  {
    audit: 'negative-payments',
    table: 'Payment',
    key: 'payment_id',
    constraint: 'chk_payment_amount',
    ...same('amount = -1 - amount'),
  },
]

const withUpdateTime = new Set(['Event', 'Order'])

const auditFault = ({ audit, table, key, constraint, make, undo }: Bad): Fault => {
  const keepTime = withUpdateTime.has(table) ? ', updated_at = updated_at' : ''
  const update = (set: string) => `UPDATE \`${table}\` SET ${set}${keepTime} WHERE ${key} = 3`
  return {
    fault: `rows are there that the audit ${audit} is for`,
    put: [`ALTER TABLE \`${table}\` ALTER CONSTRAINT ${constraint} NOT ENFORCED`, update(make)],
    takeOut: [update(undo), `ALTER TABLE \`${table}\` ALTER CONSTRAINT ${constraint} ENFORCED`],
    red: [
      `integrity.audit-${audit}`,
      `integrity.rows-unchanged[${table}]`,
      `postconditions.constraints[${table}.${constraint}]`,
      `postconditions.enforcement[${table}.${constraint}]`,
    ],
    says: /AUDIT_FAILED: 1 /,
  }
}

const swapNames = `UPDATE Venue AS a JOIN Venue AS b ON b.venue_id = 3 - a.venue_id SET a.venue_name = b.venue_name WHERE a.venue_id IN (1, 2)`

/** Faults in the rows after a migration that went well. */
export const dataFaults: readonly Fault[] = [
  {
    fault: 'a row is deleted',
    put: [
      'CREATE TABLE test.kept LIKE AuditLog',
      'INSERT INTO test.kept SELECT * FROM AuditLog WHERE audit_id = 7',
      'DELETE FROM AuditLog WHERE audit_id = 7',
    ],
    takeOut: ['INSERT INTO AuditLog SELECT * FROM test.kept', 'DROP TABLE test.kept'],
    red: ['integrity.rows-unchanged[AuditLog]'],
    says: /ROWS_CHANGED: The rows of AuditLog are not what they were: 1500 rows before, 1499 now, so rows came or went/,
  },
  {
    fault: 'two rows have swapped their values',
    put: [swapNames],
    takeOut: [swapNames],
    red: ['integrity.rows-unchanged[Venue]'],
    says: /ROWS_CHANGED: The rows of Venue .* with other values/,
  },
  ...rowsThatAuditsFind.map(auditFault),
]
