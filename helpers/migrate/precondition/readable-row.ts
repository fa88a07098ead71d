// Binary keys and bits come as bytes, which no reader of a report could put into a WHERE.
const readableValue = (value: unknown) => (Buffer.isBuffer(value) ? `0x${value.toString('hex')}` : value)

/** A row as a report can show it: bytes as hexadecimal literals. */
export const readableRow = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, readableValue(value)]))
