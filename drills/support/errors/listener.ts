import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** Something that listens and is no TiDB: `greet` does with each connection what it likes. */
export interface Listener extends AsyncDisposable {
  readonly port: number
}

/** Starts one on a free loopback port. */
export const startListener = async (greet: (socket: Socket) => void): Promise<Listener> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    // The other side may break off first.
    socket.on('error', () => socket.destroy())
    greet(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
