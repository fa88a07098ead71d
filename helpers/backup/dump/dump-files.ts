import type { BackupManifest } from '../manifest.ts'

// How dumpling v7.5 turns a name into a part of a file's name (dumpling/export/prepare.go).
const special = /[%"*./:<>?\\|]|\p{Cc}|-schema/giu
const inFileName = (name: string): string =>
  name.replace(
    special,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}${found.slice(1)}`,
  )

interface FileKind {
  readonly name: RegExp
  /** Where it is run: the database itself comes from one of the files. */
  readonly inDatabase: boolean
  readonly sideBySide: boolean
}

/** The kinds of files that dumpling writes, in the order in which they are restored. */
export const dumplingOrder: readonly FileKind[] = [
  { name: /-(?:placement-policy|schema)-create\.sql$/, inDatabase: false, sideBySide: false },
  { name: /-schema-sequence\.sql$/, inDatabase: true, sideBySide: false },
  // A view has one of these too: a table that stands in until all others are there.
  { name: /-schema\.sql$/, inDatabase: true, sideBySide: true },
  { name: /\.\d+\.sql$/, inDatabase: true, sideBySide: true },
  { name: /-schema-view\.sql$/, inDatabase: true, sideBySide: false },
]

const startOf = (database: string, name: string) => `${inFileName(database)}.${inFileName(name)}`

const isOfRows = (file: string, database: string, table: string): boolean =>
  file.startsWith(`${startOf(database, table)}.`) &&
  /^\d+\.sql$/.test(file.slice(startOf(database, table).length + 1))

/** The file of a table's structure, and those of its rows. */
export const filesOfTable = (files: readonly string[], database: string, table: string): string[] =>
  files.filter((file) => file === `${startOf(database, table)}-schema.sql` || isOfRows(file, database, table))

/** The tables, views and rows for which a backup of dumpling has no file, in words. */
export const findOmissions = ({ tool, database, tables, views, files }: BackupManifest): string[] => {
  // mysqldump writes one file of everything; what it lacks shows when it is restored.
  if (tool.name !== 'dumpling') return []
  const names = files.map(({ name }) => name)
  const start = (name: string) => startOf(database, name)
  const hasRows = (table: string) => names.some((name) => isOfRows(name, database, table))
  return [
    ...tables.flatMap(({ table, rows }) => [
      ...(names.includes(`${start(table)}-schema.sql`) ? [] : [`the table ${table}`]),
      ...(rows === 0 || hasRows(table) ? [] : [`the rows of ${table}`]),
    ]),
    ...views
      .filter((view) => !names.includes(`${start(view)}-schema-view.sql`))
      .map((view) => `the view ${view}`),
  ]
}
