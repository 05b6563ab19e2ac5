/** Who follows what runs in this process: a bell, and the newest progress of what is being worked on. */
import type { LiveEvent, StoredEvent } from "@tetra/core/engine"

type Progress = Extract<StoredEvent, { readonly _tag: "Progress" }>

/** How long a place is kept for a stream that was promised and has not begun, in milliseconds. */
const reservedMs = 5_000

export class Hub {
  private readonly listeners = new Set<() => void>()
  /** By run, then by stage and partition. */
  private readonly progress = new Map<string, Map<string, { readonly at: number; readonly event: Progress }>>()
  /** What is being worked on, by run, stage and partition, for whoever asks why nothing moves. */
  private readonly attempts = new Map<string, string>()
  private readonly reserved = new Set<() => void>()
  private count = 0
  private closed = false

  /** Takes what an engine tells of its runs. */
  readonly tell = (event: LiveEvent): void => {
    if (event._tag === "Progress") {
      const own = this.progress.get(event.run) ?? new Map()
      this.progress.set(event.run, own)
      this.count += 1
      own.set(`${event.stage}\n${event.partition ?? ""}`, { at: this.count, event })
    } else if (event._tag === "RunEnded") this.progress.delete(event.run)
    this.note(event)
    this.ring()
  }
  private note(event: LiveEvent): void {
    if (event._tag === "RunEnded") {
      for (const key of this.attempts.keys()) if (key.startsWith(`${event.run} `)) this.attempts.delete(key)
    }
    if (event._tag !== "AttemptStarted" && event._tag !== "AttemptFailed" && event._tag !== "UnitCommitted") return
    const key = `${event.run} ${event.stage}${event.partition === undefined ? "" : ` ${event.partition}`}`
    if (event._tag === "AttemptStarted") this.attempts.set(key, `run ${key}`)
    else this.attempts.delete(key)
  }
  get working(): ReadonlyArray<string> {
    return [...this.attempts.values()]
  }
  /** What changed since `after`, which is the `at` of the answer before. */
  progressOf(run: string, after: number): { readonly at: number; readonly events: ReadonlyArray<Progress> } {
    const found = [...(this.progress.get(run)?.values() ?? [])].filter(({ at }) => at > after)
    return { at: this.count, events: found.map(({ event }) => event) }
  }
  listen(heard: () => void): () => void {
    this.listeners.add(heard)
    return () => void this.listeners.delete(heard)
  }
  /** A place for one more follower among `most`: call the answer when it follows. Kept for seconds only; undefined when all are taken. */
  reserve(most: number): (() => void) | undefined {
    if (this.listeners.size + this.reserved.size >= most) return undefined
    const give = (): void => {
      clearTimeout(timer)
      this.reserved.delete(give)
    }
    const timer = setTimeout(give, reservedMs).unref()
    this.reserved.add(give)
    return give
  }
  get followers(): number {
    return this.listeners.size
  }
  get isClosed(): boolean {
    return this.closed
  }
  /** Every stream says good-bye. */
  close(): void {
    this.closed = true
    this.ring()
  }
  ring(): void {
    for (const heard of this.listeners) heard()
  }
}
