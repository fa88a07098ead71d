/** The sections of the guide that an entry may name. */
export type GuideSection =
  | 'Backup Database'
  | 'Part A: Indexes'
  | 'Part B: Constraints'
  | 'Check Migration Success'
  | 'Issue 1'
  | 'Issue 2'
  | 'Issue 3'
  | 'Issue 4'
  | 'Issue 5'
  | 'Issue 6'
  | 'Issue 7'
  | 'Slow Query Monitoring'
  | 'Rollback Procedure'
  | 'Common Error Codes'

/** What a remedy is filled with. What nobody knows stands in capitals, for the reader to fill in. */
export interface Names {
  readonly server: string
  readonly port: string
  readonly database: string
  readonly table: string
  /** An index, a constraint, a view or a variable. */
  readonly name: string
  readonly column: string
  readonly parent: string
  readonly parentColumn: string
  readonly clause: string
  readonly user: string
  readonly host: string
  readonly privilege: string
  readonly value: string
  readonly statement: string
}

export const openNames: Names = {
  server: 'SERVER',
  port: 'PORT',
  database: 'DATABASE',
  table: 'TABLE',
  name: 'NAME',
  column: 'COLUMN',
  parent: 'PARENT',
  parentColumn: 'PARENT_COLUMN',
  clause: 'CLAUSE',
  user: 'USER',
  host: 'HOST',
  privilege: 'PRIVILEGE',
  value: 'VALUE',
  statement: 'STATEMENT',
}

/** One thing to do: in words, and as a statement or a command where there is one. */
export interface Remedy {
  readonly say: string
  readonly sql?: string
  readonly command?: string
}

interface Facts {
  /** Stable: the code, with a word behind it where one code has several meanings. */
  readonly id: string
  /** The server's error numbers, or the driver's codes. */
  readonly codes: readonly (number | string)[]
  /** Tells this meaning of a code from the others. Its named groups fill the remedy. */
  readonly says?: RegExp
  /** What the server or the driver says, or what it means where that is no help. */
  readonly symptom: string
  readonly cause: string
  readonly remedy: (names: Names) => readonly Remedy[]
  readonly guide?: {
    readonly sections: readonly GuideSection[]
    /** What the guide gets wrong, and why. */
    readonly wrong?: string
  }
}

/** A test in `produced/` brings the engine to it, or the entry says why none can. */
export type ErrorEntry = Facts & ({ readonly produced: true } | { readonly notProduced: string })
