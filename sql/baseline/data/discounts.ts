import { createRandom } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { DAY, sqlTime } from '../../../helpers/migrate/data/time.ts'
import { type Counts, FIRST_ORDER, NOW } from './counts.ts'
import type { People } from './people.ts'

const CAMPAIGNS = [
  'TET',
  'SUMMER',
  'VIP',
  'EARLY',
  'BLACKFRIDAY',
  'STUDENT',
  'FLASH',
  'BANMOI',
  'TRIAN',
  'NOEL',
]

/** All discount codes: most are over, a few are valid at NOW, some start later. */
export const discountRows = (seed: number, counts: Counts, people: People): TableRows =>
  tableRows(
    'Discount',
    counts.discounts,
    [
      'discount_id',
      'discount_code',
      'discount_name',
      'discount_type',
      'discount_value',
      'max_discount_amount',
      'min_order_amount',
      'usage_limit',
      'used_count',
      'start_date',
      'end_date',
      'is_active',
      'created_at',
      'manager_id',
      'event_id',
    ],
    function* () {
      const random = createRandom(seed, 'Discount')
      for (let id = 1; id <= counts.discounts; id++) {
        const campaign = random.pick(CAMPAIGNS)
        const percentage = random.chance(0.65)
        const value = percentage ? random.pick([5, 10, 10, 15, 20, 30, 50]) : random.int(2, 40) * 10_000
        const start = random.between(FIRST_ORDER, NOW + 60 * DAY)
        const end = start + random.int(3, 45) * DAY
        const limit = random.orNull(0.2, random.int(2, 50) * 10)
        const used = start > NOW ? 0 : random.skewed((limit ?? 400) + 1, 2)
        const forEvent = random.chance(0.7)
        yield {
          discount_id: id,
          discount_code: `${campaign}${String(id).padStart(5, '0')}`,
          discount_name: percentage ? `Giảm ${value}% - ${campaign}` : `Giảm ${value} đồng - ${campaign}`,
          discount_type: percentage ? 'PERCENTAGE' : 'FIXED_AMOUNT',
          discount_value: value,
          max_discount_amount: percentage ? random.orNull(0.3, random.int(5, 50) * 10_000) : null,
          min_order_amount: random.orNull(0.1, random.chance(0.5) ? 0 : random.int(1, 20) * 50_000),
          usage_limit: limit,
          used_count: used,
          start_date: sqlTime(start),
          end_date: sqlTime(end),
          is_active: end < NOW && random.chance(0.6) ? 0 : 1,
          created_at: sqlTime(Math.min(NOW, start) - random.int(1, 20) * DAY),
          manager_id: random.orNull(0.08, people.organizer(random.skewed(people.organizers, 2))),
          event_id: forEvent ? random.int(1, counts.events) : null,
        }
      }
    },
  )
