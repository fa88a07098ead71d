import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../helpers/core/config/project.ts'

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const

/** A process that ends as a run does; `settle` and the other texts are what it does meanwhile. */
const start = ({ record = '', settle = 'return []', stop = '', after = '' }) =>
  execa(
    process.execPath,
    [
      '--input-type=module-typescript',
      '--eval',
      `import { endOnSignal } from './helpers/run/interrupt.ts'
       // Vitest's own listener, which would end the process at once.
       for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => setTimeout(() => process.exit(9), 1))
       const say = (line) => console.log(line)
       const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
       const forget = endOnSignal({
         record: (signal) => { say('record ' + signal); ${record} },
         settle: async () => { ${settle} },
         stop: async () => { say('stop'); ${stop} },
         say,
       })
       ${after}
       say('ready')
       await later(10000)`,
    ],
    { cwd: projectRoot, reject: false },
  )

const untilSaid = (run: ReturnType<typeof start>, text: string) =>
  new Promise<void>((resolve, reject) => {
    run.stdout.on('data', (chunk: Buffer) => chunk.toString().includes(text) && resolve())
    void run.then(({ stderr }) => reject(new Error(`it ended before it said ${text}: ${stderr}`)))
  })

const end = async (run: ReturnType<typeof start>, signal: NodeJS.Signals = 'SIGINT') => {
  await untilSaid(run, 'ready')
  run.kill(signal)
  const { exitCode, stdout } = await run
  return { exitCode, said: stdout.split('ready')[1]?.trim().split('\n') }
}

describe('a run that a signal ends', () => {
  test.each(signals)('%s: records it, settles, stops, and ends with %d', async (signal, exitCode) => {
    const run = start({ settle: "await later(20); return ['the job goes on']" })
    expect(await end(run, signal)).toEqual({
      exitCode,
      said: [
        `${signal}: stopping; what the run did so far is in reports/latest`,
        `record ${signal}`,
        'the job goes on',
        'stop',
      ],
    })
  })

  test('stops and ends even where it cannot record, and the server cannot be asked', async () => {
    const run = start({
      record: "throw new Error('the disk is full')",
      settle: "throw new Error('it is gone')",
      stop: "throw new Error('it is stopped')",
    })
    expect(await end(run)).toMatchObject({
      exitCode: 130,
      said: [
        expect.any(String),
        'record SIGINT',
        'the disk is full',
        'the server could not be asked what is under way (it is gone); the next run finds out',
        'stop',
        'it is stopped',
      ],
    })
  })

  test('takes one Ctrl-C that comes twice for one', async () => {
    const run = start({ settle: "process.kill(process.pid, 'SIGINT'); await later(200); return ['settled']" })
    expect((await end(run)).said).toContain('settled')
  })

  test('ends at once at a second signal a second later', async () => {
    const run = start({
      settle:
        "setTimeout(() => process.kill(process.pid, 'SIGTERM'), 1100); await later(15000); return ['settled']",
    })
    const { exitCode, said } = await end(run)
    expect(exitCode).toBe(143)
    expect(said).not.toContain('stop')
  })

  test('gives the signals back to whoever had them', async () => {
    expect(await end(start({ after: 'forget()' }))).toEqual({ exitCode: 9, said: [''] })
  })
})
