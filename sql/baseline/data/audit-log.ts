import type { SqlValue } from '../../../helpers/core/server/session.ts'
import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom, type Random } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { sqlTime } from '../../../helpers/migrate/data/time.ts'
import { type Counts, FIRST_ORDER, NOW } from './counts.ts'
import type { People } from './people.ts'

interface Audited {
  readonly table: string
  readonly share: number
  /** The column that an update changes, and the values it goes through. */
  readonly column: string
  readonly values: readonly SqlValue[]
  count(counts: Counts): number
}

const AUDITED: readonly Audited[] = [
  {
    table: 'Order',
    share: 46,
    column: 'order_status',
    values: ['PENDING', 'PAID', 'COMPLETED', 'CANCELLED'],
    count: ({ orders }) => orders,
  },
  {
    table: 'Event',
    share: 22,
    column: 'status',
    values: ['DRAFT', 'PENDING_APPROVAL', 'APPROVED', 'PUBLISHED', 'COMPLETED'],
    count: ({ events }) => events,
  },
  { table: 'User', share: 14, column: 'is_active', values: [0, 1], count: ({ users }) => users },
  {
    table: 'Discount',
    share: 10,
    column: 'usage_limit',
    values: [null, 50, 100, 200],
    count: ({ discounts }) => discounts,
  },
  {
    table: 'Venue',
    share: 8,
    column: 'status',
    values: ['ACTIVE', 'MAINTENANCE', 'INACTIVE'],
    count: ({ venues }) => venues,
  },
]
const BY_SHARE = AUDITED.map((audited) => [audited, audited.share] as const)
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/128.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148',
  'Mozilla/5.0 (Linux; Android 14; SM-S921B) Chrome/127.0 Mobile',
  'ticketbooking-worker/2.4',
]

const address = (random: Random): string =>
  random.chance(0.12)
    ? `2402:800:${random.int(0, 65_535).toString(16)}::${random.int(1, 65_535).toString(16)}`
    : `${random.pick([14, 27, 113, 171])}.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(1, 254)}`

/** The audit log in the order of time. */
export const auditRows = (seed: number, counts: Counts, people: People): TableRows =>
  tableRows(
    'AuditLog',
    counts.audits,
    [
      'audit_id',
      'table_name',
      'record_id',
      'action',
      'old_values',
      'new_values',
      'changed_by',
      'changed_at',
      'ip_address',
      'user_agent',
    ],
    function* () {
      const random = createRandom(seed, 'AuditLog')
      for (let id = 1; id <= counts.audits; id++) {
        const audited = random.weighted(BY_SHARE)
        const action = random.weighted([
          ['UPDATE', 70],
          ['INSERT', 26],
          ['DELETE', 4],
        ])
        const step = random.int(1, audited.values.length - 1)
        const [before, after] = [at(audited.values, step - 1), at(audited.values, step)]
        const byHand = random.chance(0.88)
        yield {
          audit_id: id,
          table_name: audited.table,
          record_id: 1 + random.skewed(audited.count(counts), 2),
          action,
          old_values: action === 'INSERT' ? null : JSON.stringify({ [audited.column]: before }),
          new_values: action === 'DELETE' ? null : JSON.stringify({ [audited.column]: after }),
          changed_by: byHand ? 1 + random.skewed(people.count, 3) : null,
          changed_at: sqlTime(
            Math.floor(FIRST_ORDER + ((NOW - FIRST_ORDER) * (id - random.next())) / counts.audits),
          ),
          ip_address: byHand ? address(random) : null,
          user_agent: random.orNull(0.06, random.pick(AGENTS)),
        }
      }
    },
  )
