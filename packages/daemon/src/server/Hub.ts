/** Who follows what runs in this process: a bell, and the newest progress of what is being worked on. */
import type { LiveEvent, StoredEvent } from "@tetra/core/engine"

type Progress = Extract<StoredEvent, { readonly _tag: "Progress" }>

/** How long a place is kept for a stream that was promised and has not begun, in milliseconds. */
const reservedMs = 5_000

export class Hub {
  private readonly listeners = new Set<() => void>()
  /** Who wants to know that something was recorded; they are no followers. */
  private readonly keepers = new Set<() => void>()
  /** By run, then by stage and partition. */
  private readonly progress = new Map<string, Map<string, { readonly at: number; readonly event: Progress }>>()
  /** What is being worked on, by run, stage and partition, for whoever asks why nothing moves. */
  private readonly attempts = new Map<string, string>()
  /** What lines of a run that is at work may not show. */
  private readonly secrets = new Map<string, ReadonlyArray<string>>()
  private readonly reserved = new Set<() => void>()
  private count = 0
  private closed = false
  private readonly heard: (event: LiveEvent) => void
  /** `heard` gets what the engine tells for the first time, beside those who follow. */
  constructor(heard: (event: LiveEvent) => void = () => undefined) {
    this.heard = heard
  }

  /** Takes what an engine tells of its runs; of one that goes on it tells the first `known` events once more. */
  readonly tell = (
    event: LiveEvent,
    { known = 0, secrets }: { readonly known?: number; readonly secrets?: ReadonlyArray<string> } = {}
  ): void => {
    if (event._tag === "RunEnded") this.secrets.delete(event.run)
    else if (secrets !== undefined) this.secrets.set(event.run, secrets)
    if (event._tag === "Progress") {
      const own = this.progress.get(event.run) ?? new Map()
      this.progress.set(event.run, own)
      this.count += 1
      own.set(`${event.stage}\n${event.partition ?? ""}`, { at: this.count, event })
    } else if (event._tag === "RunEnded") this.progress.delete(event.run)
    // What is only live has no number. What is told once more happened in a process that is gone: nothing of it is at work here.
    if (event._tag === "Log" || event.seq === 0 || event.seq > known) {
      this.note(event)
      this.heard(event)
    }
    this.ring()
    if (event._tag !== "Progress" && event._tag !== "Log") for (const heard of this.keepers) heard()
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
  secretsOf(run: string): ReadonlyArray<string> {
    return this.secrets.get(run) ?? []
  }
  /** The run that is worked on, when there is only one: what is printed in this process is its. */
  get onlyRun(): string | undefined {
    const runs = new Set([...this.attempts.keys()].map((key) => key.slice(0, key.indexOf(" "))))
    return runs.size === 1 ? runs.values().next().value : undefined
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
  onRecord(heard: () => void): () => void {
    this.keepers.add(heard)
    return () => void this.keepers.delete(heard)
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
