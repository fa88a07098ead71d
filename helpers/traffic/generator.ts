// The buyers, as a process of their own: the harness waits for DDL in its event loop, and what it measured there would
// be its own waiting. It takes its orders from the harness line by line, and ends with it.
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { messageOf } from '../core/errors/harness-error.ts'
import { openParent } from './parent.ts'
import type { Buyers } from './requests.ts'
import { type Sending, startSending } from './sending.ts'

const configShape = z.object({
  url: z.string(),
  /** The module that exports `openBuyers`. */
  buyers: z.string(),
  rate: z.number(),
  journal: z.string(),
  /** Stands in each purchase's code, so that no two phases ever use the same. */
  label: z.string(),
  timeoutSeconds: z.number(),
})
export type GeneratorConfig = z.infer<typeof configShape>

/**
 * `start` lets the buyers ask; `mark` gives the figures since the last mark; `end` gives them when all that is on its way
 * has come to an end, and nobody asks until the next start.
 */
const orderShape = z.enum(['start', 'mark', 'end'])
export type Order = z.infer<typeof orderShape>

interface BuyersModule {
  openBuyers(url: string, label: string): Promise<Buyers>
}

const isBuyersModule = (module: unknown): module is BuyersModule =>
  typeof module === 'object' &&
  module !== null &&
  'openBuyers' in module &&
  typeof module.openBuyers === 'function'

const run = async (): Promise<void> => {
  const parent = openParent()
  const config = configShape.parse(await parent.next())
  const module: unknown = await import(pathToFileURL(config.buyers).href)
  if (!isBuyersModule(module)) throw new Error('the module of the buyers exports no function "openBuyers"')
  const buyers = await module.openBuyers(config.url, config.label)
  let sending: Sending | undefined
  for (;;) {
    const order = orderShape.parse(await parent.next())
    if (order === 'start') {
      sending ??= startSending(config, buyers)
      parent.say({ sending: config.rate })
    } else if (sending === undefined) {
      throw new Error(`"${order}" before "start"`)
    } else if (order === 'mark') {
      parent.say(sending.mark())
    } else {
      parent.say(await sending.end())
      sending = undefined
    }
  }
}

run().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1)
})
