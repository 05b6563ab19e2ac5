import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

export interface Taken {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
interface Said {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Of what was asked; without it `no`. */
  readonly text?: (asked: Taken) => string
}
type Answer = number | "reset" | "hang" | Said
/** A server on loopback that answers as its script says, then 202. */
export const httpSink = async (...script: ReadonlyArray<Answer>) => {
  const taken: Array<Taken> = []
  const answers = [...script]
  const server = createServer((request, response) => {
    const parts: Array<Buffer> = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => {
      const asked = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(parts).toString() }
      taken.push(asked)
      const answer = answers.shift() ?? 202
      if (answer === "reset") request.socket.destroy()
      if (answer === "reset" || answer === "hang") return
      const { headers = {}, status, text = () => "no" }: Said = typeof answer === "number" ? { status: answer } : answer
      response.writeHead(status, headers).end(status === 202 ? "" : text(asked))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, taken, close }
}
