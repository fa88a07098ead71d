/** The item at `index`. Throws a RangeError where there is none. */
export const at = <T>(items: { readonly [index: number]: T }, index: number): T => {
  const item = items[index]
  if (item === undefined) throw new RangeError(`there is no item at index ${index}`)
  return item
}
