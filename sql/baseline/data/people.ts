import { at } from '../../../helpers/migrate/data/at.ts'
import { createRandom, scramble } from '../../../helpers/migrate/data/random.ts'
import { DAY } from '../../../helpers/migrate/data/time.ts'
import { type Counts, NOW } from './counts.ts'
import { ENGLISH_FIRST, ENGLISH_LAST, FAMILY, GIVEN, MIDDLE, plain } from './person-names.ts'

const JOINED_FROM = NOW - 1_460 * DAY
const FAMILY_INDEX = FAMILY.map(([, share], index) => [index, share] as const)
const MAIL = [
  'gmail.com',
  'gmail.com',
  'gmail.com',
  'yahoo.com',
  'outlook.com',
  'icloud.com',
  'fpt.example.vn',
]
const MOBILE = ['032', '035', '070', '079', '083', '090', '091', '093', '097', '098']

/** What other tables need to know of the users. Ids run from 1 to `count`, in order of joining. */
export interface People {
  readonly count: number
  readonly organizers: number
  name(id: number): string
  /** Unique: it carries the id, and nothing else in it is a digit before the @. */
  email(id: number): string
  phone(id: number): string
  joinedAt(id: number): number
  /** The user id of organizer 0, 1, 2, … They are spread over the early users. */
  organizer(index: number): number
  /** The index of this user as organizer, or -1. */
  organizerIndex(id: number): number
}

/** Names and addresses of all users, in a few bytes a user. */
export const planPeople = (seed: number, counts: Counts): People => {
  const random = createRandom(seed, 'people')
  const english = new Uint8Array(counts.users + 1)
  const last = new Uint8Array(counts.users + 1)
  const middle = new Uint8Array(counts.users + 1)
  const first = new Uint8Array(counts.users + 1)
  for (let id = 1; id <= counts.users; id++) {
    const isEnglish = random.chance(0.22)
    english[id] = isEnglish ? 1 : 0
    last[id] = isEnglish ? random.int(0, ENGLISH_LAST.length - 1) : random.weighted(FAMILY_INDEX)
    middle[id] = random.int(0, MIDDLE.length - 1)
    first[id] = random.int(0, (isEnglish ? ENGLISH_FIRST : GIVEN).length - 1)
  }

  const firstName = (id: number): string => at(english[id] === 1 ? ENGLISH_FIRST : GIVEN, at(first, id))
  const lastName = (id: number): string =>
    english[id] === 1 ? at(ENGLISH_LAST, at(last, id)) : at(FAMILY, at(last, id))[0]
  // Within the first 40 % of the users: an organizer has joined before the first event.
  const step = Math.floor((counts.users * 0.4) / counts.organizers)
  return {
    count: counts.users,
    organizers: counts.organizers,
    name: (id) =>
      english[id] === 1
        ? `${firstName(id)} ${lastName(id)}`
        : `${lastName(id)} ${at(MIDDLE, at(middle, id))} ${firstName(id)}`,
    email: (id) =>
      `${plain(firstName(id))}.${plain(lastName(id))}${id}@${at(MAIL, scramble(seed + 1, id) % MAIL.length)}`,
    phone: (id) => {
      const draw = scramble(seed + 2, id)
      return at(MOBILE, draw % MOBILE.length) + String(draw % 9_999_991).padStart(7, '0')
    },
    joinedAt: (id) => Math.floor(JOINED_FROM + ((NOW - JOINED_FROM) * (id - 1)) / counts.users),
    organizer: (index) => 2 + index * step,
    organizerIndex: (id) => {
      const index = (id - 2) / step
      return Number.isInteger(index) && index >= 0 && index < counts.organizers ? index : -1
    },
  }
}
