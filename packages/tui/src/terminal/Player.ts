/** Plays a recorded run: scrubs through its events, and goes on by itself at the chosen speed. */
import type { LiveEvent } from "@tetra/core/engine"
import { cleared, pauseAfter, speeds, worldAt } from "../model/Recording.ts"
import type { Command } from "../model/Ui.ts"
import type { World } from "../model/World.ts"
import type { Store } from "./Store.ts"
import type { Time } from "./Time.ts"

type Act = Extract<Command, { readonly _tag: "Replay" }>["act"]

export class Player {
  private readonly store: Store
  private readonly time: Time
  private recording: ReadonlyArray<LiveEvent> = []
  private cancel: (() => void) | undefined

  constructor(store: Store, time: Time) {
    this.store = store
    this.time = time
  }
  /** A recorded run, shown as it ended. */
  load(recording: ReadonlyArray<LiveEvent>, logPath: string | undefined): void {
    this.stop()
    this.recording = recording
    const link = { _tag: "Replay", position: 0, total: recording.length, playing: false, speed: 1 } as const
    const world = { ...cleared(this.store.world), link, logPath }
    this.store.setWorld(worldAt(world, recording, recording.length), "input")
  }
  /** Stands still; what is shown stays. */
  stop(): void {
    this.cancel?.()
    this.cancel = undefined
  }
  scrub(act: Act): void {
    const { link } = this.store.world
    if (link._tag !== "Replay") return
    this.stop()
    const at = speeds.indexOf(link.speed as (typeof speeds)[number])
    const speed = speeds[Math.max(0, Math.min(speeds.length - 1, at + (act === "faster" ? 1 : act === "slower" ? -1 : 0)))] ?? 1
    const restarts = act === "play" && !link.playing && link.position >= link.total
    const playing = act === "play" ? !link.playing : act === "faster" || act === "slower" ? link.playing : false
    const target = {
      start: 0,
      end: link.total,
      forward: link.position + 1,
      back: link.position - 1,
      play: restarts ? 0 : link.position,
      faster: link.position,
      slower: link.position
    }[act]
    const world: World = { ...this.store.world, link: { ...link, playing, speed } }
    this.store.setWorld(worldAt(world, this.recording, target), "input")
    if (playing) this.playOn()
  }
  private playOn(): void {
    const { link } = this.store.world
    if (link._tag !== "Replay" || !link.playing) return
    const wait = pauseAfter(this.recording, link.position, link.speed)
    if (wait === undefined) return this.store.setWorld({ ...this.store.world, link: { ...link, playing: false } })
    this.cancel = this.time.after(wait, () => {
      this.store.setWorld(worldAt(this.store.world, this.recording, link.position + 1))
      this.playOn()
    })
    return undefined
  }
}
