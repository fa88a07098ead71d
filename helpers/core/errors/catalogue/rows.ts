import { quoteName } from '../../text/quote.ts'
import type { ErrorEntry, Names } from './entry.ts'

// The server prints the names in lower case; it takes them in any.
const foreignKey =
  /foreign key constraint fails \(`(?<database>[^`]+)`\.`(?<table>[^`]+)`, CONSTRAINT `(?<name>[^`]+)` FOREIGN KEY \(`(?<column>[^`]+)`\) REFERENCES `(?<parent>[^`]+)` \(`(?<parentColumn>[^`]+)`\)/

const quotedNames = ({ table, column, parent, parentColumn }: Names) => ({
  child: quoteName(table),
  column: quoteName(column),
  parent: quoteName(parent),
  parentColumn: quoteName(parentColumn),
})

const orphans = (names: Names) => {
  const { child, column, parent, parentColumn } = quotedNames(names)
  return `FROM ${child} WHERE ${column} IS NOT NULL AND ${column} NOT IN (SELECT ${parentColumn} FROM ${parent})`
}

/** Errors over rows and the foreign keys between them. */
export const rowErrors: readonly ErrorEntry[] = [
  {
    id: '1265',
    codes: [1265],
    says: /Data truncated for column '(?<column>[^']+)'/,
    symptom: "Data truncated for column 'COLUMN'",
    cause:
      'A value does not fit its column: a word that the ENUM does not list, or a column that is made narrower than what it holds. Indexes and constraints change no column and no row, so look at who wrote the value.',
    remedy: ({ table, column }) => [
      { say: 'See what the column takes', sql: `SHOW COLUMNS FROM ${quoteName(table)} LIKE '${column}';` },
      {
        say: 'See what it holds; fix the value, or make the column wide enough',
        sql: `SELECT ${quoteName(column)}, COUNT(*) FROM ${quoteName(table)} GROUP BY ${quoteName(column)};`,
      },
    ],
    guide: { sections: ['Common Error Codes'] },
    produced: true,
  },
  {
    id: '1451',
    codes: [1451],
    says: foreignKey,
    symptom: 'Cannot delete or update a parent row: a foreign key constraint fails',
    cause: 'Rows of another table refer to the row that was to be deleted or changed.',
    remedy: (names) => {
      const { child, column } = quotedNames(names)
      const where = `FROM ${child} WHERE ${column} = ${names.value}`
      return [
        { say: 'See which rows refer to it', sql: `SELECT * ${where} LIMIT 10;` },
        {
          say: 'If they may go, delete them first; foreign_key_checks = 0 would leave them without a parent',
          sql: `DELETE ${where};`,
        },
      ]
    },
    guide: {
      sections: ['Common Error Codes'],
      wrong: 'It lists this code for foreign keys in general. A row without a parent is 1452.',
    },
    produced: true,
  },
  {
    id: '1452',
    codes: [1452],
    says: foreignKey,
    symptom: 'Cannot add or update a child row: a foreign key constraint fails',
    cause:
      'A row refers to a parent that does not exist: the one being written, or a stored one while the foreign key is added.',
    remedy: (names) => {
      const { child, column } = quotedNames(names)
      return [
        { say: 'Find these rows', sql: `SELECT * ${orphans(names)} LIMIT 10;` },
        {
          say: 'Add the parents that are missing, or, where the column may be NULL, take the reference out',
          sql: `UPDATE ${child} SET ${column} = NULL WHERE ${orphans(names).split(' WHERE ')[1]};`,
        },
      ]
    },
    guide: {
      sections: ['Issue 5'],
      wrong:
        'V3 adds no foreign key, and TiDB uses other words. Its query also takes a NULL for an orphan, which is none.',
    },
    produced: true,
  },
  {
    id: '1215',
    codes: [1215],
    symptom: 'Cannot add foreign key constraint',
    cause:
      'The foreign key refers to its own column, or to a temporary table. Other faults have codes of their own: 1452 rows, 1822 no index on the parent, 1824 no parent, 3780 other types, 1506 a partitioned table.',
    remedy: (names) => {
      const { child, column, parent, parentColumn } = quotedNames(names)
      return [
        { say: 'See both tables', sql: `SHOW CREATE TABLE ${parent};` },
        {
          say: 'Let it refer to a key of the parent',
          sql: `ALTER TABLE ${child} ADD CONSTRAINT ${quoteName(names.name)} FOREIGN KEY (${column}) REFERENCES ${parent} (${parentColumn});`,
        },
      ]
    },
    guide: {
      sections: ['Issue 5'],
      wrong: 'It means rows without a parent, but in TiDB those are 1452.',
    },
    produced: true,
  },
]
