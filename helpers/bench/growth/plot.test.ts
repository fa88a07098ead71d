import { expect, test } from 'vitest'
import { logPlot } from './plot.ts'

const circles = (svg: string) =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)])

test('ten times as much is the same step everywhere, up and to the right', () => {
  const svg = logPlot('t', 'x', 'y', [
    {
      name: 'line',
      points: [
        [1_000, 0.1],
        [10_000, 1],
        [100_000, 10],
      ],
    },
  ])
  const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = [], [x3 = 0, y3 = 0] = []] = circles(svg)
  expect(x2 - x1).toBeCloseTo(x3 - x2, 0)
  expect(x2).toBeGreaterThan(x1)
  expect(y1 - y2).toBeCloseTo(y2 - y3, 0)
  expect(y2).toBeLessThan(y1)
})

test('a line without a name has no place in the legend, and names are escaped', () => {
  const svg = logPlot('a < b', 'x', 'y', [
    { name: 'p & q', points: [[10, 10]] },
    { name: '', points: [[100, 100]], isDashed: true },
  ])
  expect(svg).toContain('a &lt; b')
  expect(svg).toContain('p &amp; q')
  expect(svg.match(/h22/g)).toHaveLength(1)
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(1)
})
