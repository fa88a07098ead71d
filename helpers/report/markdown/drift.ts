import type { Summary } from '../summary.ts'
import { listed, type PagePart, several } from './blocks.ts'
import { text } from './escape.ts'

const shownAtMost = 40

/** Where the schema is not like the one that the lock was made on; no part of the report where it is. */
export const drift = ({ drift: lines = [] }: Summary): PagePart[] =>
  lines.length === 0
    ? []
    : [
        {
          title: 'Drift',
          glance: `${several(lines.length, 'difference')} from the schema that the lock was made on`,
          details: listed(lines, shownAtMost, (shown) => shown.map((line) => `- ${text(line)}`)),
        },
      ]
