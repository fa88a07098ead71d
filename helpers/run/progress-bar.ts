import type { WriteStream } from 'node:tty'
import type { ShownProgress } from '../core/record/progress-file.ts'

const drawEveryMs = 500
const barWidth = 24
// A terminal that does not know its width says 0.
const usualColumns = 80
const eraseLine = '\r\u001B[2K'

/** One line for a terminal of so many columns: a bar where the whole is known, then the text. */
export const barLine = ({ text, fraction }: ShownProgress, columns: number): string => {
  const part = Math.min(1, fraction ?? 0)
  const filled = Math.round(part * barWidth)
  const bar =
    fraction === undefined
      ? ''
      : `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}] ${Math.floor(part * 100)} %  `
  // A line that wraps could not be drawn over.
  return `  ${bar}${text}`.slice(0, Math.max(0, columns - 1))
}

/** A terminal that a bar shares with others, who write to it by other streams too. */
export interface Terminal {
  readonly output: Pick<WriteStream, 'write' | 'columns'>
  /** The streams that end on it, `output` among them. */
  readonly streams: readonly Pick<WriteStream, 'write'>[]
}

/**
 * Draws what `read` gives as the last line of a terminal, over and over, until disposed. What others write goes above it,
 * as long as they write whole lines.
 */
export const drawBar = ({ output, streams }: Terminal, read: () => ShownProgress | undefined): Disposable => {
  const write = output.write.bind(output)
  let isShown = false
  let isLineOpen = false
  const erase = () => {
    if (isShown) write(eraseLine)
    isShown = false
  }
  const draw = () => {
    if (isLineOpen) return
    erase()
    const progress = read()
    if (progress === undefined) return
    write(barLine(progress, output.columns > 0 ? output.columns : usualColumns))
    isShown = true
  }
  const originals = streams.map((stream) => ({ stream, write: stream.write }))
  for (const { stream, write: original } of originals)
    stream.write = new Proxy(original, {
      apply: (target, self, given) => {
        erase()
        isLineOpen = !String(given[0]).endsWith('\n')
        return Reflect.apply(target, self, given)
      },
    })
  const timer = setInterval(draw, drawEveryMs)
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer)
      erase()
      for (const { stream, write: original } of originals) stream.write = original
    },
  }
}

/** The terminal of this process; undefined when it has none, or in CI, where a line drawn over is noise. */
export const ownTerminal = (): Terminal | undefined => {
  const { stdout, stderr, env } = process
  if (!stdout.isTTY || (env['CI'] ?? '') !== '' || env['TERM'] === 'dumb') return undefined
  return { output: stdout, streams: [stdout, ...(stderr.isTTY ? [stderr] : [])] }
}
