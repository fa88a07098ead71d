import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { HarnessError } from '../core/errors/harness-error.ts'

/**
 * Replaces one part of a page that scripts make: what stands between `<!-- name -->` and `<!-- end of name -->`.
 * The other parts stay as they are. Throws PAGE_INVALID when the page has no such part.
 */
export const writePart = (file: string, name: string, text: string): void => {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`]
  const page = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from === -1 || to < from) {
    throw new HarnessError('PAGE_INVALID', {
      what: `${file} has no part between ${begin} and ${end}.`,
      why: 'The figures were measured and are in the reports folder; only the page was not written.',
      next: `Put the two lines back (git checkout -- ${file}), then run again.`,
    })
  }
  writeFileSync(file, `${page.slice(0, from + begin.length)}\n${text.trim()}\n${page.slice(to)}`)
}
