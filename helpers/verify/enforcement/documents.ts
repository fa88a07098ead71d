type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const step = /\.(?:"((?:[^"\\]|\\.)*)"|([\w$\u0080-\uffff]+))|\[(\d+)\]/g

const longestArray = 1_000

const put = (document: Json, path: readonly RegExpExecArray[], leaf: Json): Json => {
  const [first, ...rest] = path
  if (first === undefined) return leaf
  const [, quoted, plain, at] = first
  if (at !== undefined) {
    const before = Array.isArray(document) ? document : []
    const items = Array.from({ length: Math.max(before.length, Number(at) + 1) }, (_, i) => before[i] ?? 1)
    return items.map((item, i) => (i === Number(at) ? put(item, rest, leaf) : item))
  }
  const name = quoted ?? plain ?? ''
  const before = typeof document === 'object' && document !== null && !Array.isArray(document) ? document : {}
  return { ...before, [name]: put(before[name] ?? {}, rest, leaf) }
}

/**
 * JSON documents worth trying: of every type, and with each path among `strings` ($.a.b, $[0]) set to each
 * of many values while the clause's other paths hold 1.
 */
export const documentsFor = (strings: readonly string[], numbers: readonly string[]): string[] => {
  const paths = strings
    .filter((text) => /^\$[.[]/.test(text))
    .map((path) => [...path.matchAll(step)])
    .filter((path) => path.every(({ 3: at = '0' }) => Number(at) < longestArray))
  const others = strings.filter((text) => !text.startsWith('$'))
  const leaves: Json[] = [
    ...[1, 0, -1, 1e9, -1e9, '', 'x', null, true, false, [], {}],
    ...numbers.flatMap((text) => [Number(text) - 1, Number(text), Number(text) + 1]),
    ...others,
  ]
  const withPaths = leaves.flatMap((leaf) =>
    paths.map((_, chosen) =>
      paths.reduce<Json>((document, path, at) => put(document, path, at === chosen ? leaf : 1), {}),
    ),
  )
  const arrays = numbers
    .map(Number)
    .filter((length) => length < longestArray)
    .map((length) => Array.from({ length: length + 1 }, (_, at) => at))
  const plain: Json[] = [{}, [], 0, 'x', null, true, ...others, ...arrays]
  return [...plain, ...withPaths].map((document) => JSON.stringify(document))
}
