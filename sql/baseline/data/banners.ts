import { createRandom } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { DAY, sqlTime } from '../../../helpers/migrate/data/time.ts'
import { type Counts, NOW } from './counts.ts'

/** The banners of the home page. */
export const bannerRows = (seed: number, counts: Counts): TableRows =>
  tableRows(
    'Banner',
    counts.banners,
    ['banner_id', 'image_url', 'title', 'link', 'is_active', 'order', 'created_at'],
    function* () {
      const random = createRandom(seed, 'Banner')
      for (let id = 1; id <= counts.banners; id++) {
        yield {
          banner_id: id,
          image_url: `https://cdn.example.vn/banners/${id}.jpg`,
          title: random.orNull(0.2, `Ưu đãi tháng ${random.int(1, 12)}`),
          link: random.orNull(0.2, `https://tickets.example.vn/events/${random.int(1, counts.events)}`),
          is_active: random.orNull(0.1, random.chance(0.6) ? 1 : 0),
          order: random.orNull(0.1, id),
          created_at: random.orNull(0.1, sqlTime(NOW - random.int(1, 500) * DAY)),
        }
      }
    },
  )
