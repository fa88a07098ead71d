import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, as a load balancer does, and cuts connections when it is told to. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** Cuts every connection that is open now, with `reset` by a TCP reset; new ones come through. */
  cut(reset?: boolean): void
  /** Lets nothing through any more on the connections that are open now. */
  hold(): void
}

/** Starts a proxy on a free loopback port that leads to `port`. */
export const startProxy = async (port: number): Promise<Proxy> => {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one)
      one.pipe(other)
      // A cut is what this is for; both ends go together.
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = (reset = false) => {
    for (const socket of open) reset ? socket.resetAndDestroy() : socket.destroy()
  }
  const hold = () => {
    for (const socket of open) socket.unpipe().pause()
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut,
    hold,
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
