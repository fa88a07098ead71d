/** Buyers who come one after the other, whatever became of those before them. */
export interface Arrivals {
  /** Nobody comes any more. Resolves when all who came have left. */
  end(): Promise<void>
}

/**
 * Calls `serve` `perSecond` times a second, from now on and at even distances, with the moment (performance.now()) at
 * which the call was due. When this process was held up, it makes good for the calls that are overdue. `serve` must not
 * reject.
 */
export const startArrivals = (perSecond: number, serve: (due: number) => Promise<void>): Arrivals => {
  const everyMs = 1000 / perSecond
  const startedAt = performance.now()
  const present = new Set<Promise<void>>()
  let came = 0
  let timer: NodeJS.Timeout
  const dueOfNext = () => startedAt + came * everyMs
  const come = () => {
    for (; dueOfNext() <= performance.now(); came++) {
      const served = serve(dueOfNext()).finally(() => present.delete(served))
      present.add(served)
    }
    timer = setTimeout(come, dueOfNext() - performance.now())
  }
  come()
  return {
    end: async () => {
      clearTimeout(timer)
      await Promise.all(present)
    },
  }
}
