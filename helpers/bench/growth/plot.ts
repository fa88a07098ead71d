/** One line of a plot, and its points. */
export interface PlotLine {
  /** What stands in the legend; nothing when empty. */
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  readonly isDashed?: boolean
}

const [width, height, left, right, top, bottom] = [720, 420, 70, 170, 40, 50]
const colours = ['#1b6ca8', '#c2410c', '#15803d', '#7e22ce', '#a16207', '#be123c', '#0e7490']

const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const decades = (values: readonly number[]): [number, number] => [
  Math.floor(Math.log10(Math.min(...values))),
  Math.ceil(Math.log10(Math.max(...values))),
]
const label = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 3 })

/** A plot with two logarithmic axes, as SVG: every ten-fold step is as long as the next. All values must be above 0. */
export const logPlot = (
  title: string,
  xTitle: string,
  yTitle: string,
  lines: readonly PlotLine[],
): string => {
  const all = lines.flatMap(({ points }) => points)
  const [xFrom, xTo] = decades(all.map(([x]) => x))
  const [yFrom, yTo] = decades(all.map(([, y]) => y))
  const xOf = (x: number) =>
    left + ((Math.log10(x) - xFrom) / Math.max(1, xTo - xFrom)) * (width - left - right)
  const yOf = (y: number) =>
    height - bottom - ((Math.log10(y) - yFrom) / Math.max(1, yTo - yFrom)) * (height - top - bottom)
  const round = (value: number) => value.toFixed(1)
  const steps = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => 10 ** (from + at))
  const grid = [
    ...steps(xFrom, xTo).map(
      (x) =>
        `<path class="grid" d="M${round(xOf(x))} ${top}V${height - bottom}"/><text x="${round(xOf(x))}" y="${height - bottom + 18}" text-anchor="middle">${label(x)}</text>`,
    ),
    ...steps(yFrom, yTo).map(
      (y) =>
        `<path class="grid" d="M${left} ${round(yOf(y))}H${width - right}"/><text x="${left - 8}" y="${round(yOf(y) + 4)}" text-anchor="end">${label(y)}</text>`,
    ),
  ]
  const drawn = lines.map(({ name, points, isDashed }, at) => {
    const colour = colours[at % colours.length]
    const path = points
      .map(([x, y], to) => `${to === 0 ? 'M' : 'L'}${round(xOf(x))} ${round(yOf(y))}`)
      .join('')
    const dots = points.map(
      ([x, y]) => `<circle cx="${round(xOf(x))}" cy="${round(yOf(y))}" r="3" fill="${colour}"/>`,
    )
    const y = top + 14 + at * 20
    const dash = isDashed === true ? ' stroke-dasharray="6 4"' : ''
    return [
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`,
      ...dots,
      ...(name === ''
        ? []
        : [
            `<path d="M${width - right + 12} ${y}h22" stroke="${colour}" stroke-width="2"${dash}/>`,
            `<text x="${width - right + 40}" y="${y + 4}">${escapeXml(name)}</text>`,
          ]),
    ].join('')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    '<style>text{font:12px sans-serif;fill:#333}.grid{stroke:#ddd}rect{fill:#fff}</style>',
    `<rect width="${width}" height="${height}"/>`,
    `<text x="${left}" y="22" font-weight="bold">${escapeXml(title)}</text>`,
    ...grid,
    `<text x="${(left + width - right) / 2}" y="${height - 10}" text-anchor="middle">${escapeXml(xTitle)}</text>`,
    `<text x="16" y="${(top + height - bottom) / 2}" text-anchor="middle" transform="rotate(-90 16 ${(top + height - bottom) / 2})">${escapeXml(yTitle)}</text>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}
