import type { Collector } from "./Collector.ts"

/** The body of a request. */
export interface Body {
  readonly body: Uint8Array<ArrayBuffer>
  readonly contentType: string
}
/** How items of one signal are sent. */
export interface Shipping<Item> {
  /** Items that may wait. Beyond them the oldest give way, and are counted. */
  readonly most: number
  /** Items that go with one request. */
  readonly atOnce: number
  readonly encoded: (items: ReadonlyArray<Item>) => Body
}
const patienceMs = 5_000

/** What is on its way to a collector: bounded, in its order, and kept while the collector is away. */
export class Outgoing<Item> {
  dropped = 0
  /** The status with which the collector refused the last of them; undefined when it took them. */
  refusal: number | undefined
  private readonly waiting: Array<Item> = []
  private sending: Promise<boolean> | undefined
  private readonly shipping: Shipping<Item>
  constructor(shipping: Shipping<Item>) {
    this.shipping = shipping
  }
  get size(): number {
    return this.waiting.length
  }
  add(item: Item): void {
    this.waiting.push(item)
    if (this.waiting.length <= this.shipping.most) return
    this.waiting.shift()
    this.dropped += 1
  }
  clear(): void {
    this.waiting.length = 0
  }
  /** Sends what waits; false when the collector does not take it: then it waits on. Asked meanwhile, it is the same sending: nothing goes twice. */
  send(collector: Collector): Promise<boolean> {
    this.sending ??= this.drained(collector).finally(() => {
      this.sending = undefined
    })
    return this.sending
  }
  private async drained({ headers, url }: Collector): Promise<boolean> {
    while (this.waiting.length > 0) {
      const some = this.waiting.slice(0, this.shipping.atOnce)
      const { body, contentType } = this.shipping.encoded(some)
      const answer = await fetch(url, {
        method: "POST",
        body,
        headers: { ...headers, "content-type": contentType },
        redirect: "manual",
        signal: AbortSignal.timeout(patienceMs)
      }).catch(() => undefined)
      await answer?.body?.cancel().catch(() => undefined)
      // What it refuses for good would be refused again.
      const isRefused = answer !== undefined && answer.status >= 400 && answer.status < 500 && answer.status !== 429
      if (answer?.ok !== true && !isRefused) return false
      this.refusal = isRefused ? answer.status : undefined
      if (isRefused) this.dropped += some.length
      const sent = new Set(some)
      this.waiting.splice(0, this.waiting.length, ...this.waiting.filter((item) => !sent.has(item)))
    }
    return true
  }
}
