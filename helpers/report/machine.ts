import { availableParallelism, cpus, totalmem } from 'node:os'
import { z } from 'zod'

/** What a measurement ran on; never its name. */
export const machineShape = z.object({ cores: z.number(), memoryGiB: z.number(), cpu: z.string() })
export type Machine = z.infer<typeof machineShape>

export const thisMachine = (): Machine => ({
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  cpu: (cpus()[0]?.model ?? 'unknown').trim(),
})

/** The machine in a few words. */
export const describeMachine = ({ cores, memoryGiB, cpu }: Machine): string =>
  `${cores} cores, ${memoryGiB} GiB of memory, ${cpu}`
