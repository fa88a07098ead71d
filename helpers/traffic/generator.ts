// The buyers, as a process of their own: the harness waits for DDL in its event loop, and what it measured there would
// be its own waiting. It takes its orders from the harness line by line, and ends with it.
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { messageOf } from '../core/errors/harness-error.ts'
import { openParent } from './parent.ts'
import type { Buyers } from './requests.ts'
import { startSending } from './sending.ts'

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

/** `mark` gives the figures since the last mark; `end` gives them when all that is on its way has come to an end. */
const orderShape = z.enum(['mark', 'end'])

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
  const sending = startSending(config, buyers)
  parent.say({ sending: config.rate })
  for (;;) {
    const order = orderShape.parse(await parent.next())
    parent.say(order === 'end' ? await sending.end() : sending.mark())
  }
}

run().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1)
})
