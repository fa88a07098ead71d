/** Buyers who come one after the other, however long those before them wait. */
export interface Arrivals {
  /** Nobody is served any more. Resolves when all who are being served have left. */
  end(): Promise<void>
}

export interface ArrivalOptions {
  readonly perSecond: number
  /** How many are served at once. Whoever is due meanwhile comes when another leaves, and is not forgotten. */
  readonly atOnce: number
  /** Called for each with the moment (performance.now()) at which they were due. A rejection ends the process. */
  serve(due: number): Promise<void>
}

/** Lets buyers come at even distances from now on. When this process was held up, those who are overdue come at once. */
export const startArrivals = ({ perSecond, atOnce, serve }: ArrivalOptions): Arrivals => {
  const everyMs = 1000 / perSecond
  const startedAt = performance.now()
  const present = new Set<Promise<void>>()
  let came = 0
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  const dueOfNext = () => startedAt + came * everyMs
  const leave = (served: Promise<void>) => {
    present.delete(served)
    come()
  }
  const come = () => {
    clearTimeout(timer)
    for (; !isOver && present.size < atOnce && dueOfNext() <= performance.now(); came++) {
      const served = serve(dueOfNext()).finally(() => leave(served))
      present.add(served)
    }
    // With nobody to spare, the next one comes when somebody leaves.
    if (!isOver && present.size < atOnce)
      timer = setTimeout(come, Math.max(0, dueOfNext() - performance.now()))
  }
  come()
  return {
    end: async () => {
      isOver = true
      clearTimeout(timer)
      await Promise.all(present)
    },
  }
}
