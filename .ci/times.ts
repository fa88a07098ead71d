// Prints where the time of a CI run went: test files by the seconds they took, the longest first.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

interface TestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly startTime: number
    readonly endTime: number
  }[]
}

const shownFiles = 30
const folder = process.argv[2] ?? '.'
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => {
    const { testResults } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as TestReport
    return testResults.map(({ name: file, startTime, endTime }) => ({ file, ms: endTime - startTime }))
  })
  .toSorted((a, b) => b.ms - a.ms)
const seconds = (ms: number) => `${(ms / 1000).toFixed(0).padStart(5)} s`
for (const { file, ms } of files.slice(0, shownFiles)) console.log(`${seconds(ms)}  ${relative('.', file)}`)
const others = files.slice(shownFiles)
if (others.length > 0)
  console.log(`${seconds(others.reduce((sum, { ms }) => sum + ms, 0))}  in ${others.length} other files`)
