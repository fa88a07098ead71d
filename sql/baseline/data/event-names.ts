import { at } from '../../../helpers/migrate/data/at.ts'
import type { Random } from '../../../helpers/migrate/data/random.ts'

interface Category {
  readonly name: string
  /** Share of the events, against the other categories. */
  readonly share: number
  readonly openings: readonly string[]
}

/** The twelve categories; ids are 1 to 12 in this order. About one event in twenty has "concert" in its name. */
export const CATEGORIES: readonly Category[] = [
  {
    name: 'Âm nhạc',
    share: 21,
    openings: [
      'Đêm nhạc',
      'Live Show',
      'Concert',
      'Acoustic Night',
      'Hòa nhạc',
      'Mini Concert',
      'Liveshow',
      'Jazz Session',
    ],
  },
  { name: 'Sân khấu', share: 10, openings: ['Vở kịch', 'Nhạc kịch', 'Cải lương', 'Musical', 'Múa rối'] },
  {
    name: 'Thể thao',
    share: 9,
    openings: ['Giải bóng đá', 'Marathon', 'Giải cầu lông', 'Fun Run', 'Boxing Night'],
  },
  {
    name: 'Hội thảo',
    share: 12,
    openings: ['Hội thảo', 'Business Summit', 'Diễn đàn', 'Conference', 'Tọa đàm'],
  },
  {
    name: 'Triển lãm',
    share: 7,
    openings: ['Triển lãm', 'Art Exhibition', 'Photo Expo', 'Không gian nghệ thuật'],
  },
  { name: 'Lễ hội', share: 7, openings: ['Lễ hội', 'Music Festival', 'Festival', 'Chợ phiên'] },
  { name: 'Hài kịch', share: 6, openings: ['Stand-up Comedy', 'Hài độc thoại', 'Comedy Night', 'Gala cười'] },
  { name: 'Trẻ em', share: 6, openings: ['Ngày hội thiếu nhi', 'Kids Day', 'Rạp xiếc', 'Trại hè'] },
  { name: 'Workshop', share: 9, openings: ['Workshop', 'Lớp học', 'Masterclass', 'Khóa học'] },
  {
    name: 'Ẩm thực',
    share: 5,
    openings: ['Food Tour', 'Tuần lễ ẩm thực', 'Wine Tasting', 'Hội chợ ẩm thực'],
  },
  { name: 'Công nghệ', share: 5, openings: ['Tech Talk', 'Hackathon', 'Ngày hội công nghệ', 'DevFest'] },
  { name: 'Thời trang', share: 3, openings: ['Fashion Week', 'Đêm thời trang', 'Fashion Show'] },
]

const SUBJECTS = [
  'Hà Nội Mùa Thu',
  'Sài Gòn Về Đêm',
  'Trịnh Công Sơn',
  'Mùa Hè Rực Rỡ',
  'Những Vì Sao',
  'Hành Trình Mới',
  'Ký Ức Tuổi Thơ',
  'Biển Gọi',
  'Giấc Mơ Việt',
  'Phố Cổ',
  'Sắc Màu Tây Bắc',
  'Miền Tây Sông Nước',
  'Tình Khúc Vượt Thời Gian',
  'Khởi Nghiệp Xanh',
  'Trái Tim Yêu Thương',
  'Ánh Trăng',
  'Golden Hour',
  'City Lights',
  'New Wave',
  'Rising Stars',
  'Into the Future',
  'Green Planet',
  'Night Market',
  'Together Again',
  'Saigon Stories',
  'Lotus Dreams',
]

/** A name such as 'Concert Biển Gọi 2026', now and then numbered or in a foreign mix. */
export const eventName = (random: Random, categoryId: number, year: number): string => {
  const opening = random.pick(at(CATEGORIES, categoryId - 1).openings)
  const ending = random.weighted([
    [` ${year}`, 5],
    [` - Mùa ${random.int(2, 9)}`, 2],
    [` vol. ${random.int(2, 30)}`, 2],
    ['', 1],
  ])
  return `${opening} ${random.pick(SUBJECTS)}${ending}`
}
