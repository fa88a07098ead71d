/** Whether two names of tables, columns or indexes are one: TiDB compares them without regard to case. */
export const sameName = (one: string | undefined, other: string): boolean =>
  one?.toLowerCase() === other.toLowerCase()
