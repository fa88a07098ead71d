import { describe, expect, test } from 'vitest'
import { readSample } from '../../../drills/support/test-sample.ts'
import { summaryShape } from '../summary.ts'
import { renderMarkdown } from './render.ts'

const sample = readSample()

describe('names and messages cannot change the report', () => {
  const hostile =
    '</details></summary><script>x</script> | `` ` ``` ``` [a](b) <details>\n```\n</details>\n# h\n| a | b |\n'
  const kept = new Set([
    ...['verdict', 'status', 'kind', 'phase', 'change', 'id', 'section', 'level', 'at', 'longestStallFrom'],
    ...['startedAt', 'mode', 'consistency'],
  ])
  const spoilt = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return kept.has(key) ? value : hostile + value
    if (Array.isArray(value)) return value.map((item) => spoilt(item, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, spoilt(item, name)]))
  }
  const red = sample.checks.map((check) => ({ ...check, status: 'failed' as const, reason: hostile }))
  const report = renderMarkdown(
    summaryShape.parse(spoilt({ ...sample, checks: red, exceptions: ['x'], incomplete: ['y'] })),
  )

  /** The lines that are Markdown, and not inside a block of code. */
  const outside = (): string[] => {
    let fence: string | undefined
    return report.split('\n').filter((line) => {
      const ticks = /^ *(`{3,})/.exec(line)?.[1]
      if (fence === undefined) {
        fence = ticks
        return ticks === undefined
      }
      if (line.trim() === fence) fence = undefined
      return false
    })
  }
  const count = (pattern: RegExp) => outside().filter((line) => pattern.test(line)).length

  test('what is folded is closed again, once each', () => {
    const folds = count(/^<details>$/)
    expect(folds).toBeGreaterThan(5)
    expect(count(/^<\/details>$/)).toBe(folds)
    expect(count(/<\/?(?:details|script)/)).toBe(2 * folds)
  })

  test('every row has the cells of its heading', () => {
    let cells = 0
    for (const line of outside()) {
      if (!line.startsWith('|')) cells = 0
      else if (cells === 0) cells = line.split('|').length
      else expect(line.split('|')).toHaveLength(cells)
    }
  })

  test('headings are its own', () => {
    const headings = outside().filter((line) => line.startsWith('#'))
    expect(headings.map((line) => line.slice(0, 12))).toEqual([
      '# PASSED: re',
      '## What fail',
      '## Metrics o',
      '## What was ',
    ])
  })

  test('it stays below what GitHub takes as a comment', () => {
    expect(report.length).toBeLessThan(65_536)
    expect(report).toMatch(/Left out, because it has [\d,]+ characters; summary\.json has it\./)
  })
})
