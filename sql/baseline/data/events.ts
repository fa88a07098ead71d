import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom, type Random } from '../../../helpers/migrate/data/random.ts'
import { DAY, HOUR } from '../../../helpers/migrate/data/time.ts'
import { type Counts, FIRST_ORDER, NOW } from './counts.ts'
import { CATEGORIES } from './event-names.ts'
import type { People } from './people.ts'
import type { Venues } from './venues.ts'

export type EventStatus =
  | 'DRAFT'
  | 'PENDING_APPROVAL'
  | 'APPROVED'
  | 'REJECTED'
  | 'PUBLISHED'
  | 'ONGOING'
  | 'COMPLETED'
  | 'CANCELLED'

type Shares = readonly (readonly [status: EventStatus, share: number])[]

const OVER: Shares = [
  ['COMPLETED', 88],
  ['CANCELLED', 4],
  ['REJECTED', 4],
  ['DRAFT', 4],
]
const RUNNING: Shares = [
  ['ONGOING', 96],
  ['CANCELLED', 4],
]
const AHEAD: Shares = [
  ['PUBLISHED', 74],
  ['APPROVED', 7],
  ['PENDING_APPROVAL', 9],
  ['DRAFT', 4],
  ['REJECTED', 3],
  ['CANCELLED', 3],
]
const CATEGORY_SHARES = CATEGORIES.map(({ share }, index) => [index + 1, share] as const)
const SOLD_AT_SOME_TIME: ReadonlySet<EventStatus> = new Set([
  'PUBLISHED',
  'ONGOING',
  'COMPLETED',
  'CANCELLED',
])

/** One event as the other tables see it. Times are Unix seconds. */
export interface PlannedEvent {
  readonly id: number
  readonly category: number
  readonly venue: number
  /** A user id. */
  readonly manager: number
  readonly created: number
  readonly start: number
  readonly end: number
  readonly saleStart: number
  readonly saleEnd: number
  readonly status: EventStatus
  /** Places to sell, spread over its ticket types. */
  readonly capacity: number
  /** From 0 to 1: how likely a buyer who sees the event buys. */
  readonly appeal: number
}

/** True when orders for the event can exist. */
export const isSellable = (event: PlannedEvent): boolean => SOLD_AT_SOME_TIME.has(event.status)

const endOf = (random: Random, start: number): number => {
  // Keeps some events running at NOW at every scale.
  if (start < NOW && start > NOW - 14 * DAY && random.chance(0.4)) return NOW + random.int(1, 20) * DAY
  return start + (random.chance(0.07) ? random.int(1, 10) * DAY : random.int(2, 8) * (HOUR / 2))
}

/** All events in id order, which is roughly the order of their start: from soon after FIRST_ORDER to May 2027. */
export const planEvents = (seed: number, counts: Counts, people: People, venues: Venues): PlannedEvent[] => {
  const random = createRandom(seed, 'events')
  const [from, to] = [FIRST_ORDER + 10 * DAY, NOW + 170 * DAY]
  return Array.from({ length: counts.events }, (_, index): PlannedEvent => {
    const about = from + ((to - from) * (index + random.next() * 12)) / (counts.events + 12)
    const start = Math.floor(about / DAY) * DAY + random.int(2, 27) * (HOUR / 2)
    const end = endOf(random, start)
    const created = Math.min(start - random.between(35 * DAY, 140 * DAY), NOW - random.int(1, 20) * DAY)
    const saleStart = created + random.between(1 * DAY, 12 * DAY)
    const venue = random.int(1, venues.count)
    return {
      id: index + 1,
      category: random.weighted(CATEGORY_SHARES),
      venue,
      manager: people.organizer(random.skewed(people.organizers, 2)),
      created,
      start,
      end,
      saleStart,
      saleEnd: end - start > DAY ? end - HOUR : start - random.int(0, 8) * (HOUR / 2),
      status: random.weighted(end <= NOW ? OVER : start <= NOW ? RUNNING : AHEAD),
      capacity: Math.floor(at(venues.capacity, venue) * (0.6 + 0.4 * random.next())),
      appeal: 0.03 + (0.97 * random.skewed(1_000, 3)) / 1_000,
    }
  })
}
