import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../config/project.ts'
import { runFiles } from './files.ts'

const names = Object.keys(runFiles).filter((name) => /\.jsonl?$/.test(name))
const list = 'helpers/core/record/files.ts'
const definers = ['record', 'recordPer', 'log']

interface Mention {
  readonly file: string
  readonly name: string
  readonly isDefinition: boolean
}

/** Where a source text names a file of a run in a string. */
const mentionsIn = (file: string, text: string): Mention[] => {
  const found: Mention[] = []
  const defined = new Set<number>()
  const look = (value: string, start: number) => {
    for (const name of names) {
      const pattern = new RegExp(
        `(?<![\\w-])${RegExp.escape(name).replace(RegExp.escape('<name>'), '(?:<name>|[a-z-]*)')}(?![\\w-])`,
      )
      if (pattern.test(value)) found.push({ file, name, isDefinition: defined.has(start) })
    }
  }
  new Visitor({
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type === 'Identifier' && definers.includes(callee.name) && first?.type === 'Literal')
        defined.add(first.start)
    },
    Literal: ({ value, start }) => {
      if (typeof value === 'string') look(value, start)
    },
    TemplateLiteral: ({ quasis, start }) => look(quasis.map(({ value }) => value.raw).join(''), start),
  }).visit(parseSync(file, text).program)
  return found
}

const sources = globSync(['helpers/**/*.ts', 'specs/*.ts'], { cwd: projectRoot }).filter(
  // A test may name a file as people read it.
  (file) => !file.endsWith('.test.ts') && file !== list,
)
const mentions = sources.flatMap((file) => mentionsIn(file, readFileSync(join(projectRoot, file), 'utf8')))

describe('the files of a run', () => {
  test.for(names)('%s has one definition', (name) => {
    expect(mentions.filter((mention) => mention.isDefinition && mention.name === name)).toHaveLength(1)
  })

  test('are named nowhere else in helpers/ and specs/', () => {
    expect(mentions.filter(({ isDefinition }) => !isDefinition)).toEqual([])
  })

  test.for([
    ["run.write('before.json', {})", 'before.json'],
    [`const text = \`see \${dir}/steps.jsonl\``, 'steps.jsonl'],
    [`run.path(\`section-\${name}.json\`)`, 'section-<name>.json'],
  ])('a planted one is found: %s', ([text = '', name]) => {
    expect(mentionsIn('specs/planted.ts', text)).toMatchObject([{ name, isDefinition: false }])
  })

  test('those of others are not', () => {
    const text =
      "join(dir, 'migration.json'); join(dir, 'rehearsal-pass-v3.json'); join(dir, 'my-before.json')"
    expect(mentionsIn('specs/planted.ts', text)).toEqual([])
  })
})
