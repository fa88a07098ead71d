import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { html, text as markdown } from '../../helpers/report/markdown/escape.ts'

/** Every text file below a folder, by its path. */
const readFiles = async (dir: string): Promise<[string, string][]> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.map(async (file): Promise<[string, string]> => [file, await readFile(file, 'utf8')]),
  )
}

/**
 * Looks for a password in what runs said and in every file they left: as it is, and as a URL, JSON, Markdown and HTML write it.
 * Returns how many files and outputs were looked at. Throws an error that names each place where it stands.
 */
export const assertSecretKept = async (
  secret: string,
  folders: readonly string[],
  outputs: readonly string[],
): Promise<{ files: number; outputs: number }> => {
  const inJson = JSON.stringify(secret).slice(1, -1)
  const forms = [secret, encodeURIComponent(secret), inJson, markdown(secret), html(secret)]
  const files = (await Promise.all(folders.filter((dir) => existsSync(dir)).map(readFiles))).flat()
  const said = outputs.map((text, at): [string, string] => [`output ${at + 1}`, text])
  const places = [...files, ...said].filter(([, text]) => forms.some((form) => text.includes(form)))
  if (places.length > 0)
    throw new Error(`the password stands in ${places.map(([place]) => place).join(', ')}`)
  return { files: files.length, outputs: outputs.length }
}
