import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export const listening = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A server that answers nobody, cuts everybody off, or whatever else `greet` does with a new connection. */
export const startListener = async (greet: (socket: Socket) => void) => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    // A reset is what some of these tests are about.
    socket.on('error', () => socket.destroy())
    greet(socket)
  })
  const port = await listening(server)
  return {
    port,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A proxy before the engine that can break off all its connections, as one in production does. */
export const startProxy = async (target: number) => {
  const clients = new Set<Socket>()
  const listener = await startListener((client) => {
    const upstream = connect(target, '127.0.0.1')
    clients.add(client)
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
    client.pipe(upstream).pipe(client)
  })
  return {
    port: listener.port,
    stop: listener.stop,
    /** Closes the connections; with `reset`, as a machine that fell over and came back would. */
    cut: (reset: boolean) => {
      for (const client of clients) reset ? client.resetAndDestroy() : client.destroy()
    },
  }
}
