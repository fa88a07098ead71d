import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { DAY, sqlTime } from '../../../helpers/migrate/data/time.ts'
import { type Counts, NOW } from './counts.ts'
import type { People } from './people.ts'

// The two metropolises hold most venues; a long tail of towns holds one or two each.
const CITIES: readonly (readonly [city: string, share: number])[] = [
  ['Hồ Chí Minh', 34],
  ['Hà Nội', 28],
  ['Đà Nẵng', 9],
  ['Hải Phòng', 5],
  ['Cần Thơ', 4],
  ['Huế', 3],
  ['Nha Trang', 3],
  ['Đà Lạt', 2],
  ['Vũng Tàu', 1.5],
  ['Hạ Long', 1.5],
  ['Quy Nhơn', 1],
  ['Phú Quốc', 1],
  ['Buôn Ma Thuột', 0.7],
  ['Hội An', 0.7],
  ['Phan Thiết', 0.7],
  ['Vinh', 0.7],
  ['Thái Nguyên', 0.7],
  ['Pleiku', 0.5],
  ['Rạch Giá', 0.5],
  ['Mỹ Tho', 0.5],
  ['Nam Định', 0.5],
  ['Sa Pa', 0.5],
]
const KINDS: readonly (readonly [name: string, low: number, high: number])[] = [
  ['Nhà hát', 300, 1_500],
  ['Trung tâm hội nghị', 500, 4_000],
  ['Sân vận động', 8_000, 40_000],
  ['Club', 200, 600],
  ['Nhà văn hóa', 250, 900],
  ['Arena', 2_000, 9_000],
  ['Gallery', 200, 400],
  ['Công viên', 1_000, 6_000],
]
const WORDS = ['Sao Mai', 'Hoà Bình', 'Thống Nhất', 'Riverside', 'Lotus', 'Central', 'Bến Thành', 'Tre Xanh']
const STREETS = ['Lê Lợi', 'Trần Hưng Đạo', 'Hai Bà Trưng', 'Nguyễn Huệ', 'Điện Biên Phủ', 'Lý Thường Kiệt']

/** What events need to know of the venues. Ids run from 1 to `count`. */
export interface Venues {
  readonly count: number
  readonly capacity: Int32Array
}

/** Draws each venue's kind and size. */
export const planVenues = (seed: number, counts: Counts): Venues & { readonly kind: Uint8Array } => {
  const random = createRandom(seed, 'venues')
  const capacity = new Int32Array(counts.venues + 1)
  const kind = new Uint8Array(counts.venues + 1)
  for (let id = 1; id <= counts.venues; id++) {
    // The steep draw makes stadiums and arenas as rare as they are.
    const drawn = random.chance(0.06) ? 2 : at([0, 1, 3, 4, 5, 6, 7], random.int(0, 6))
    const [, low, high] = at(KINDS, drawn)
    kind[id] = drawn
    capacity[id] = Math.floor((low + random.skewed(high - low + 1, 2)) / 10) * 10
  }
  return { count: counts.venues, capacity, kind }
}

/** All venues. Parts of the seats by class never add up to more than the capacity. */
export const venueRows = (seed: number, plan: ReturnType<typeof planVenues>, people: People): TableRows =>
  tableRows(
    'Venue',
    plan.count,
    [
      'venue_id',
      'venue_name',
      'address',
      'city',
      'capacity',
      'seat_map_template',
      'contact_phone',
      'is_active',
      'status',
      'created_at',
      'vip_seats',
      'standard_seats',
      'economy_seats',
      'manager_id',
      'map_embed_code',
    ],
    function* () {
      const random = createRandom(seed, 'Venue')
      for (let id = 1; id <= plan.count; id++) {
        const capacity = at(plan.capacity, id)
        const city = random.weighted(CITIES)
        const active = random.chance(0.93)
        const vip = Math.floor(capacity * 0.1)
        const standard = Math.floor(capacity * 0.3)
        const map = { rows: random.int(8, 40), seatsPerRow: random.int(10, 40), aisles: [5, 15] }
        const query = encodeURIComponent(city)
        yield {
          venue_id: id,
          venue_name: `${at(KINDS, at(plan.kind, id))[0]} ${random.pick(WORDS)} ${city} ${id}`,
          address: `${random.int(1, 480)} ${random.pick(STREETS)}, ${city}`,
          city,
          capacity,
          seat_map_template: random.orNull(0.7, JSON.stringify(map)),
          contact_phone: random.orNull(0.15, people.phone(random.int(1, people.count))),
          is_active: active ? 1 : 0,
          status: active ? (random.chance(0.96) ? 'ACTIVE' : 'MAINTENANCE') : 'INACTIVE',
          created_at: sqlTime(NOW - random.int(800, 1_450) * DAY),
          vip_seats: vip,
          standard_seats: standard,
          economy_seats: capacity - vip - standard,
          manager_id: random.chance(0.3) ? 1 : people.organizer(random.int(0, people.organizers - 1)),
          map_embed_code: random.orNull(
            0.6,
            `<iframe src="https://maps.example.vn/?q=${query}" width="600"></iframe>`,
          ),
        }
      }
    },
  )
