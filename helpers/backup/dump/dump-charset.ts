import { readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Snapshot, Table } from '../../core/schema/model.ts'
import { filesOfTable } from './dump-files.ts'

const asBytes = '/*!40101 SET NAMES binary*/;'
const asText = '/*!40101 SET NAMES utf8mb4*/;'

// Of the character sets that TiDB has, only these store a text as other bytes than UTF-8 does.
const isConverted = ({ columns }: Table) =>
  columns.some(({ collation }) => /^gb(?:k|18030)_/.test(collation ?? ''))

/**
 * dumpling writes every text in UTF-8, and has each file say that it is bytes: a server takes them for GBK where the column
 * is, and stores other characters without a word. So the files of such a table are made to say what they are.
 */
export const correctCharset = async (dir: string, database: string, { tables }: Snapshot): Promise<void> => {
  const files = readdirSync(dir)
  for (const { name } of tables.filter(isConverted))
    for (const file of filesOfTable(files, database, name)) {
      const path = join(dir, file)
      const text = await readFile(path, 'latin1')
      await writeFile(path, text.replace(asBytes, asText), 'latin1')
    }
}
