/** Vietnamese family names with their rough share of the people who bear them. */
export const FAMILY: readonly (readonly [name: string, share: number])[] = [
  ['Nguyễn', 38],
  ['Trần', 12],
  ['Lê', 10],
  ['Phạm', 7],
  ['Hoàng', 5],
  ['Huỳnh', 5],
  ['Phan', 4],
  ['Vũ', 4],
  ['Võ', 3],
  ['Đặng', 2],
  ['Bùi', 2],
  ['Đỗ', 2],
  ['Hồ', 1],
  ['Ngô', 1],
  ['Dương', 1],
  ['Lý', 1],
]

export const MIDDLE = [
  'Văn',
  'Thị',
  'Minh',
  'Ngọc',
  'Thanh',
  'Quốc',
  'Hữu',
  'Đức',
  'Thu',
  'Gia',
  'Bảo',
  'Hải',
]

export const GIVEN = [
  'An',
  'Anh',
  'Bình',
  'Châu',
  'Dũng',
  'Duy',
  'Giang',
  'Hà',
  'Hạnh',
  'Hiếu',
  'Hương',
  'Khánh',
  'Khoa',
  'Lan',
  'Linh',
  'Long',
  'Mai',
  'Nam',
  'Ngân',
  'Nhung',
  'Phong',
  'Phương',
  'Quân',
  'Sơn',
  'Tâm',
  'Thảo',
  'Trang',
  'Tuấn',
  'Vy',
  'Yến',
]

export const ENGLISH_FIRST = [
  'Alice',
  'Andrew',
  'Ben',
  'Chloe',
  'Daniel',
  'Emily',
  'George',
  'Hannah',
  'James',
  'Kate',
  'Lucas',
  'Mary',
  'Nina',
  'Oliver',
  'Peter',
  'Sophie',
  'Thomas',
  'Victoria',
]

export const ENGLISH_LAST = [
  'Baker',
  'Brown',
  'Clark',
  'Evans',
  'Green',
  'Hill',
  'Johnson',
  'King',
  'Lee',
  "O'Brien",
  'Parker',
  'Smith',
  'Taylor',
  'Walker',
  'Wilson',
  'Young',
]

/** Small letters without accents, apostrophes or spaces, for e-mail addresses and links. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f']/g, '')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'd')
    .replaceAll(' ', '-')
    .toLowerCase()
