/** Follows a run in a server, and does not give up: a lost link is made anew from the last record on. */
import type { LiveEvent } from "../domain.ts"
import {
  type Attachment,
  backoffMs,
  beginning,
  type Cursor,
  type Frame,
  lost,
  placeText,
  received,
  retried,
  unattached
} from "@tetra/tui/model"
import { open, type Remote } from "./client.ts"
import { FrameReader } from "./frames.ts"

export interface Followed {
  /** The link changed; while it is down also as time goes by. */
  readonly stood: (attachment: Attachment) => void
  /** What is shown begins anew: another run, or a store that was restored. */
  readonly cleared: (logPath: string | undefined) => void
  readonly event: (event: LiveEvent) => void
  readonly note: (text: string) => void
  /** Another run began. */
  readonly newer: (run: string) => void
}
export interface FollowerOptions {
  readonly remote: Remote
  /** Undefined: the newest. */
  readonly run: string | undefined
  /** What is known of it already, and not told. */
  readonly from?: Cursor
  readonly told: Followed
  /** Milliseconds until a lost link is tried again; the usual ones when it is left away. */
  readonly waitMs?: (attachment: Attachment) => number
}
/** A stream gives a sign of life every 15 seconds: one that is silent for longer is dead, in milliseconds. */
const silentMs = 40_000
/** How often the age of what is shown is told while the link is down, in milliseconds. */
const agingMs = 1_000

class Broken extends Error {}

export class Follower {
  private readonly options: FollowerOptions
  private attachment: Attachment
  private connection = new AbortController()
  private isClosed = false
  private isFresh = true
  private wake: (() => void) | undefined
  private readonly aging: NodeJS.Timeout

  constructor(options: FollowerOptions) {
    this.options = options
    const { from = beginning, run } = options
    this.attachment = { ...unattached(run), cursor: from }
    this.aging = setInterval(() => {
      if (this.attachment.state === "down") options.told.stood(this.attachment)
    }, agingMs)
    this.aging.unref()
  }
  get run(): string | undefined {
    return this.attachment.run
  }
  /** Goes on until `close`. */
  async follow(): Promise<void> {
    while (!this.isClosed) {
      this.connection = new AbortController()
      const { signal } = this.connection
      try {
        await this.connect(signal)
        this.lose("the server closed the stream")
      } catch (error) {
        // Another run was asked for, or something in between was missing: at once.
        if (signal.aborted || error instanceof Broken) continue
        this.lose(error instanceof Error ? error.message : String(error))
      }
      if (!this.isClosed) await this.pause()
      this.attachment = retried(this.attachment)
    }
  }
  /** Shows another run from its beginning on. */
  turnTo(run: string | undefined): void {
    this.attachment = { ...unattached(run), lostAt: this.attachment.lostAt, state: this.attachment.state }
    this.isFresh = true
    this.connection.abort()
    this.wake?.()
  }
  close(): void {
    this.isClosed = true
    clearInterval(this.aging)
    this.connection.abort()
    this.wake?.()
  }

  private lose(reason: string): void {
    this.attachment = lost(this.attachment, Date.now(), reason)
    this.options.told.stood(this.attachment)
  }
  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, (this.options.waitMs ?? backoffMs)(this.attachment))
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.wake = undefined
  }
  private async connect(signal: AbortSignal): Promise<void> {
    const { cursor, run } = this.attachment
    const headers = { accept: "text/event-stream", ...(run === undefined ? {} : { "last-event-id": placeText(run, cursor) }) }
    const path = `/api/v1/runs/${encodeURIComponent(run ?? "latest")}/stream`
    const response = await open(this.options.remote, { method: "GET", path, headers, signal })
    if (response.statusCode !== 200) {
      response.destroy()
      throw new Error(`the server answered ${response.statusCode ?? "nothing"}`)
    }
    response.setTimeout(silentMs, () => response.destroy(new Error("the server is silent")))
    const reader = new FrameReader()
    for await (const chunk of response) {
      for (const frame of reader.read(chunk as Buffer)) this.take(frame)
    }
  }
  private take(frame: Frame): void {
    const { told } = this.options
    const before = this.attachment
    const { attachment, broken, event, note } = received(before, frame)
    if (broken) {
      this.connection.abort()
      throw new Broken()
    }
    this.attachment = attachment
    if (frame._tag === "Reset") told.cleared(undefined)
    if (frame._tag === "Hello" && this.isFresh) {
      this.isFresh = false
      told.cleared(frame.logPath)
    }
    if (frame._tag === "Newer") told.newer(frame.run)
    if (event !== undefined) told.event(event)
    if (attachment.state !== before.state) told.stood(attachment)
    if (note !== undefined) told.note(note)
  }
}
