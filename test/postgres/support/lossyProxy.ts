import { connect, createServer, type Socket } from "node:net"

export interface LossyProxy {
  readonly url: string
  /** The next answer of the server to a statement with this text is swallowed, and the connection cut. */
  readonly loseAnswerTo: (text: string) => void
  /** The next statement with this text never reaches the server: every line is cut. */
  readonly cutAt: (text: string) => void
  readonly close: () => Promise<void>
}
/** Stands between client and server, and cuts the line when the work is done and the answer under way. */
export const lossyProxy = async (serverUrl: string): Promise<LossyProxy> => {
  const target = new URL(serverUrl)
  let armed: string | undefined
  let cut: string | undefined
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on("error", () => undefined)
      socket.on("close", () => {
        client.destroy()
        upstream.destroy()
      })
    }
    let swallow = false
    client.on("data", (bytes) => {
      if (armed !== undefined && bytes.includes(armed)) {
        armed = undefined
        swallow = true
      }
      if (cut !== undefined && bytes.includes(cut)) {
        cut = undefined
        for (const socket of sockets) socket.destroy()
        return
      }
      upstream.write(bytes)
    })
    upstream.on("data", (bytes) => {
      // The transaction is over once the server says that it is idle again.
      if (!swallow) client.write(bytes)
      else if (bytes.includes(Buffer.from("Z\0\0\0\x05I", "latin1"))) client.destroy()
    })
  })
  await new Promise<void>((resume) => server.listen(0, "127.0.0.1", resume))
  const address = server.address()
  const own = new URL(serverUrl)
  own.port = `${typeof address === "object" && address !== null ? address.port : 0}`
  return {
    url: own.href,
    loseAnswerTo: (text) => (armed = text),
    cutAt: (text) => (cut = text),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resume) => server.close(resume))
    }
  }
}
