import { AsyncLocalStorage } from 'node:async_hooks'

const limitOfCheck = new AsyncLocalStorage<AbortSignal>()

const over = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

/** Runs the body of a check. Rejects with the signal's reason when its time is over, whatever the body does after that. */
export const withinLimit = (signal: AbortSignal, body: () => Promise<void>): Promise<void> =>
  limitOfCheck.run(signal, () => Promise.race([body(), over(signal)]))

/**
 * Opens a connection and uses it. When the time of the check that asks is over, the connection is cut, so that neither
 * the server nor the body goes on; and that check gets no other.
 */
export const usingWithinLimit = async <S extends AsyncDisposable, T>(
  open: () => Promise<S>,
  use: (session: S) => Promise<T>,
): Promise<T> => {
  const signal = limitOfCheck.getStore()
  signal?.throwIfAborted()
  await using session = await open()
  signal?.throwIfAborted()
  const cut = () => void session[Symbol.asyncDispose]()
  signal?.addEventListener('abort', cut)
  try {
    return await use(session)
  } finally {
    signal?.removeEventListener('abort', cut)
  }
}
