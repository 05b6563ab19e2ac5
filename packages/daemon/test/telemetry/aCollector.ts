import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { onTestFinished } from "vitest"
import { MetricSet } from "../../src/telemetry/MetricSet.ts"
import type { SignalOptions } from "../../src/telemetry/otlp/runSignals.ts"

export interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}
/** A collector on loopback that answers with these statuses, the last of them for ever. */
export const aCollector = async (...statuses: ReadonlyArray<number>) => {
  const received: Array<Received> = []
  const server = createServer((request, response) => {
    const answer = async () => {
      received.push({ path: request.url ?? "", headers: request.headers, body: await text(request) })
      response.writeHead(statuses[received.length - 1] ?? statuses.at(-1)!).end("{}")
    }
    void answer()
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return { received, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
/** A server whose configuration names this collector; `otlp`: what else it says of it. */
export const optionsOf = (endpoint: string, said: Array<string>, otlp: object = {}): SignalOptions => ({
  project: () => ({ config: { project: "shop", telemetry: { otlp: { endpoint, ...otlp } } }, environment: "staging" }),
  env: {},
  version: "1.2.3",
  instance: "i1",
  say: (line) => void said.push(line),
  metrics: new MetricSet()
})
