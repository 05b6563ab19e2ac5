/** The threads and processes of one run: started when first wanted, used again by stages that ask for the same. */
import type { Say } from "../effectLog.ts"
import { type Host, type HostEvents, type Kind, processHost, threadHost } from "./hosts.ts"
import type { FromWorker, ToWorker } from "./protocol.ts"

const closeAfterMs = 250

/** What the attempt that has a worker hears of it. */
export type Listener = Partial<Omit<HostEvents, "message">> & { readonly message?: (message: FromWorker) => void }

export class StageWorker {
  readonly kind: Kind
  readonly memoryMB: number
  /** Why it is gone. */
  lost: string | undefined
  listener: Listener = {}
  readonly #host: Host
  #ready = false
  readonly #waiting: Array<ToWorker> = []
  readonly #say: Say
  /** `say` takes the lines that no attempt hears. */
  constructor(kind: Kind, memoryMB: number, say: Say) {
    this.#say = say
    this.kind = kind
    this.memoryMB = memoryMB
    this.#host = (kind === "thread" ? threadHost : processHost)(memoryMB, {
      message: (message) => this.#hear(message),
      line: (text, from) => {
        if (this.listener.line !== undefined) this.listener.line(text, from)
        else this.#say(from === "stdout" ? "info" : "warn", text, { printed: from })
      },
      lost: (why) => {
        this.lost = why
        this.listener.lost?.(why)
      }
    })
  }
  #hear(message: FromWorker): void {
    if (message.kind === "ready") {
      this.#ready = true
      for (const waiting of this.#waiting.splice(0)) this.#host.post(waiting)
    }
    if (this.listener.message !== undefined) this.listener.message(message)
    else if (message.kind === "log") this.#say(message.level, message.message, message.fields)
  }
  post(message: ToWorker): void {
    if (this.#ready) this.#host.post(message)
    else this.#waiting.push(message)
  }
  end(): void {
    if (this.lost === undefined) this.#host.end()
  }
  hold(held: boolean): void {
    if (this.lost === undefined) this.#host.hold(held)
  }
  /** Resolves when it is gone: by itself, or ended after a moment. */
  close(): Promise<void> {
    if (this.lost !== undefined) return Promise.resolve()
    return new Promise((resolve) => {
      const end = setTimeout(() => this.end(), closeAfterMs)
      this.listener = {
        lost: () => {
          clearTimeout(end)
          resolve()
        }
      }
      this.hold(true)
      if (this.#ready) this.post({ kind: "close" })
      else this.end()
    })
  }
}
/** As many are in use as the resource gate lets stages run; `mostIdle` are kept besides. */
export class WorkerPool {
  readonly #idle: Array<StageWorker> = []
  readonly #all = new Set<StageWorker>()
  readonly #mostIdle: number
  readonly #say: Say
  constructor(mostIdle: number, say: Say) {
    this.#mostIdle = mostIdle
    this.#say = say
  }
  take(kind: Kind, memoryMB: number): StageWorker {
    const known = this.#idle.findIndex((w) => w.lost === undefined && w.kind === kind && w.memoryMB === memoryMB)
    const worker = known === -1 ? new StageWorker(kind, memoryMB, this.#say) : this.#idle.splice(known, 1)[0]!
    this.#all.add(worker)
    worker.hold(true)
    return worker
  }
  give(worker: StageWorker, reusable: boolean): void {
    worker.listener = {}
    if (worker.lost !== undefined) return void this.#all.delete(worker)
    if (!reusable) return this.#retire(worker)
    worker.hold(false)
    this.#idle.push(worker)
    if (this.#idle.length > this.#mostIdle) this.#retire(this.#idle.shift()!)
  }
  #retire(worker: StageWorker): void {
    void worker.close().then(() => this.#all.delete(worker))
  }
  async close(): Promise<void> {
    this.#idle.length = 0
    await Promise.all([...this.#all].map((worker) => worker.close()))
    this.#all.clear()
  }
}
