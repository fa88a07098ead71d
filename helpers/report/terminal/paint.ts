import { styleText } from 'node:util'

export type Color = 'green' | 'red' | 'yellow' | 'dim'

const isSet = (name: string): boolean => (process.env[name] ?? '') !== ''

/** The text in a colour where standard output is a terminal that shows colours; as it is in a file, and in CI. */
export const color = (name: Color, text: string): string =>
  isSet('CI') && !isSet('FORCE_COLOR') ? text : styleText(name, text, { stream: process.stdout })
