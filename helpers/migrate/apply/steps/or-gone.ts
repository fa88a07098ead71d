import { failureOf } from '../../../core/errors/failure.ts'
import type { Step } from '../../step/step.ts'
import { ConnectionCut, isDdl } from './send-step.ts'

const lookEveryMs = 1_000
const silence = new Error('its job is gone, and the connection says nothing')

/**
 * The outcome of a step that was sent; throws ConnectionCut when its job is gone and no answer has come. A firewall that
 * forgets a line tells neither end, and the step would be waited for until the kernel gives up.
 */
export const orGone = async (
  attempt: Promise<Step>,
  step: Step,
  log: (step: Step) => void,
  isGone: () => boolean,
): Promise<Step> => {
  if (!isDdl(step)) return attempt
  let timer: NodeJS.Timeout | undefined
  const gone = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      if (isGone()) reject(new ConnectionCut(step, silence))
    }, lookEveryMs)
  })
  try {
    return await Promise.race([attempt, gone])
  } catch (error) {
    if (error instanceof ConnectionCut && error.cause === silence)
      log({ ...step, status: 'cut', failure: failureOf(silence) })
    throw error
  } finally {
    clearInterval(timer)
  }
}
