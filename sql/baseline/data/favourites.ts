import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { sqlTime } from '../../../helpers/migrate/data/time.ts'
import { type Counts, NOW } from './counts.ts'
import type { PlannedEvent } from './events.ts'
import type { People } from './people.ts'

const MOST_OF_ONE_USER = 60

/** How many favourites each user has; adds up to `counts.favourites`. */
const shareOut = (seed: number, counts: Counts): Uint8Array => {
  const random = createRandom(seed, 'favourites')
  const each = new Uint8Array(counts.users + 1)
  for (let left = counts.favourites; left > 0; ) {
    const user = 1 + ((random.skewed(counts.users, 2) * 7) % counts.users)
    if (at(each, user) >= MOST_OF_ONE_USER) continue
    each[user] = at(each, user) + 1
    left--
  }
  return each
}

/** All favourites in key order: by user, and by event within a user. */
export const favouriteRows = (
  seed: number,
  counts: Counts,
  people: People,
  events: readonly PlannedEvent[],
): TableRows => {
  const each = shareOut(seed, counts)
  return tableRows('FavoriteEvent', counts.favourites, ['user_id', 'event_id', 'created_at'], function* () {
    const random = createRandom(seed, 'FavoriteEvent')
    for (let user = 1; user <= people.count; user++) {
      const liked = new Set<number>()
      while (liked.size < at(each, user)) {
        const event = at(events, random.int(0, events.length - 1))
        if (random.chance(event.appeal)) liked.add(event.id)
      }
      for (const id of [...liked].toSorted((a, b) => a - b)) {
        const from = Math.max(people.joinedAt(user), at(events, id - 1).created)
        yield {
          user_id: user,
          event_id: id,
          created_at: random.orNull(0.02, sqlTime(random.between(from, NOW))),
        }
      }
    }
  })
}
