/**
 * Works through items side by side. Each of the workers opens a resource of its own, such as a connection, keeps it from
 * item to item and disposes of it at the end. Items are drawn one by one, so a generator never holds more of them than
 * there are workers.
 *
 * After the first failure no further item is drawn, and `failed` tells those that are under way; the promise settles when
 * all of them have ended. Throws that first failure.
 */
export const withWorkers = async <Item, Resource extends AsyncDisposable>(
  workers: number,
  items: Iterable<Item>,
  open: () => Promise<Resource> | Resource,
  work: (item: Item, resource: Resource, failed: AbortSignal) => Promise<void>,
): Promise<void> => {
  const failure = new AbortController()
  const waiting = items[Symbol.iterator]()
  const workThrough = async (): Promise<void> => {
    await using resource = await open()
    while (!failure.signal.aborted) {
      const { done, value } = waiting.next()
      if (done) return
      await work(value, resource, failure.signal)
    }
  }
  const worker = () => workThrough().catch((error: unknown) => failure.abort(error))
  await Promise.all(Array.from({ length: workers }, worker))
  failure.signal.throwIfAborted()
}
