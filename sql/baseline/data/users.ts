import { createRandom, scramble } from '../../../helpers/migrate/data/random.ts'
import { type TableRows, tableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { DAY, sqlTime } from '../../../helpers/migrate/data/time.ts'
import { NOW } from './counts.ts'
import type { People } from './people.ts'
import { plain } from './person-names.ts'

const ROLES = ['ADMIN', 'ORGANIZER', 'CUSTOMER', 'STAFF']
const [ADMIN, ORGANIZER, CUSTOMER, STAFF] = [1, 2, 3, 4]
const FIRM = ['Live', 'Entertainment', 'Media', 'Events', 'Sự Kiện', 'Giải Trí', 'Truyền Thông', 'Production']

/** The four roles; ids are 1 to 4 in the order of ROLES. */
export const roles = (): TableRows =>
  tableRows('Role', ROLES.length, ['role_id', 'role_name', 'created_at'], () =>
    ROLES.map((name, index) => ({
      role_id: index + 1,
      role_name: name,
      created_at: sqlTime(NOW - 1_500 * DAY),
    })),
  )

/** All users. User 1 is an administrator, organizers are where `people` says, every 200th user is staff. */
export const users = (seed: number, people: People): TableRows =>
  tableRows(
    'User',
    people.count,
    [
      'user_id',
      'role_id',
      'email',
      'password_hash',
      'full_name',
      'phone',
      'created_at',
      'updated_at',
      'is_active',
    ],
    function* () {
      const random = createRandom(seed, 'User')
      for (let id = 1; id <= people.count; id++) {
        const joined = people.joinedAt(id)
        const isOrganizer = people.organizerIndex(id) >= 0
        const other = id === 1 ? ADMIN : id % 200 === 0 ? STAFF : CUSTOMER
        const hash = [3, 4, 5, 6, 7]
          .map((n) =>
            scramble(seed + n, id)
              .toString(36)
              .padStart(7, '0'),
          )
          .join('')
        yield {
          user_id: id,
          role_id: isOrganizer ? ORGANIZER : other,
          email: people.email(id),
          password_hash: `$2b$12$${hash.padEnd(53, hash)}`,
          full_name: people.name(id),
          phone: random.orNull(0.12, people.phone(id)),
          created_at: sqlTime(joined),
          updated_at: sqlTime(random.chance(0.4) ? random.between(joined, NOW) : joined),
          is_active: id === 1 || isOrganizer || random.chance(0.96) ? 1 : 0,
        }
      }
    },
  )

/** One row for each organizer. */
export const organizerInfos = (seed: number, people: People): TableRows =>
  tableRows(
    'OrganizerInfo',
    people.organizers,
    [
      'organizer_id',
      'user_id',
      'organization_name',
      'description',
      'logo_url',
      'created_at',
      'updated_at',
      'contact_phone',
    ],
    function* () {
      const random = createRandom(seed, 'OrganizerInfo')
      for (let index = 0; index < people.organizers; index++) {
        const user = people.organizer(index)
        const name = `${people.name(user).split(' ').at(-1) ?? ''} ${random.pick(FIRM)}`
        const created = people.joinedAt(user)
        yield {
          organizer_id: index + 1,
          user_id: user,
          organization_name: random.orNull(0.04, name),
          description: random.orNull(0.3, `${name}: tổ chức sự kiện từ năm ${random.int(2005, 2024)}`),
          logo_url: random.orNull(0.25, `https://cdn.example.vn/logo/${plain(name)}-${index + 1}.png`),
          created_at: sqlTime(created),
          updated_at: random.orNull(0.5, sqlTime(random.between(created, NOW))),
          contact_phone: random.orNull(0.1, people.phone(user)),
        }
      }
    },
  )
