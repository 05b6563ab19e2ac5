/** Holds the scene and decides when a frame is painted. Knows nothing of the terminal; time is injected. */
import type { LiveEvent } from "@tetra/core/engine"
import { dueAt, type Governor, idleGovernor, painted, wants } from "../model/governor.ts"
import type { KeyEvent } from "../model/keys.ts"
import { type Abilities, isMoving, type Scene, SceneMaker } from "../model/Scene.ts"
import type { Command, Overlay, Ui } from "../model/Ui.ts"
import { answered, nextChange, type Sent, type SentState, settled, type ToastTone, withToast } from "../model/toasts.ts"
import { update } from "../model/update.ts"
import { type Desk, takeAll, type World } from "../model/World.ts"
import type { Size } from "../paint/Painter.ts"
import { EventQueue } from "./EventQueue.ts"
import { GraceTimer } from "./GraceTimer.ts"
import { Slices } from "./Slices.ts"
import type { Time } from "./Time.ts"
import { paintScreen } from "../paint/screen.ts"
import { largeGraphs } from "../paint/views/graph.ts"
import { surroundingsOf } from "../paint/surroundings.ts"
import type { Look } from "../paint/theme.ts"

export interface StoreOptions {
  readonly world: World
  readonly ui: Ui
  readonly size: Size
  readonly look: Look
  readonly abilities: Abilities
  readonly time: Time
  /** `key` makes it the same command however often it is asked for. */
  readonly perform: (command: Command, key: string) => void
  readonly newKey: () => string
  /** Puts a frame on the screen; answers the bytes that it took. */
  readonly show: (rows: ReadonlyArray<string>, size: Size) => number
  /** A painter threw: a fault of ours, which must not touch the run. */
  readonly failed: (error: unknown) => void
}
/** Commands that change a run, as people call them: they are shown on their way. */
const labels: Readonly<Partial<Record<Command["_tag"], string>>> = { Run: "run", Retry: "retry", Cancel: "cancel" }
/** Most commands whose way is remembered. */
const mostSent = 8
/** How many events are folded before the clock is asked again. */
const lot = 32
/** Time between two frames of what moves by itself: spinner, elapsed times, countdowns. */
const motionMs = 250

export class Store {
  private readonly options: StoreOptions
  private readonly maker = new SceneMaker()
  private readonly events = new EventQueue()
  private readonly folding: Slices
  /** Large graphs are laid out between the keys, too, and shown when they are ready. */
  private readonly drawing: Slices
  private governor: Governor = idleGovernor
  private rows: ReadonlyArray<string> = []
  private cancelTimer: (() => void) | undefined
  private cancelMotion: (() => void) | undefined
  private isPaused = false
  /** Rows of the wheel that wait for the next frame. */
  private turned = 0
  private readonly grace: GraceTimer
  private known: World
  ui: Ui
  size: Size
  look: Look
  abilities: Abilities

  constructor(options: StoreOptions) {
    this.options = options
    this.known = options.world
    this.ui = options.ui
    this.size = options.size
    this.look = options.look
    this.abilities = options.abilities
    this.grace = new GraceTimer(options.time, ({ command }) => {
      this.ui = { ...this.ui, grace: undefined }
      this.send(command)
      this.want("background")
    })
    this.folding = new Slices(options.time, (isOver) => {
      this.fold(isOver)
      return this.events.length > 0
    })
    this.drawing = new Slices(options.time, (isOver) => {
      if (largeGraphs.work(isOver)) this.want("input")
      return largeGraphs.isBusy
    })
    this.rows = this.frameNow()
  }
  /** The rows of the newest frame. */
  frame(): ReadonlyArray<string> {
    return this.rows
  }
  /** With every event that came so far. */
  get world(): World {
    this.fold()
    return this.known
  }
  /** Takes note of an event. It is folded in the next slice of time, so that a key never waits for a flood of them. */
  see(event: LiveEvent): void {
    this.events.add(event)
    if (this.events.isFull) this.fold()
    else this.folding.begin()
  }
  setWorld(world: World, what: "background" | "input" = "background"): void {
    this.known = world
    this.want(what)
  }
  /** Folds what waits. */
  private fold(isOver: () => boolean = () => false): void {
    if (this.events.length === 0) return
    do this.known = takeAll(this.known, this.events.next(lot))
    while (this.events.length > 0 && !isOver())
    this.ui = settled(this.ui, this.known, this.clock)
    this.want("background")
  }
  setDesk(change: Partial<Desk>): void {
    this.setWorld({ ...this.world, desk: { ...this.world.desk, ...change } })
  }
  /** A note that goes away by itself. */
  say(text: string, tone: ToastTone = "plain"): void {
    this.ui = withToast(this.ui, text, tone, this.clock)
    this.want("background")
  }
  /** What became of a command. */
  answer(key: string, state: SentState, reason = ""): void {
    this.ui = answered(this.ui, key, state, reason, this.clock)
    this.want("background")
  }
  show(over: Overlay): void {
    this.ui = { ...this.ui, over }
    this.want("input")
  }
  keys(events: ReadonlyArray<KeyEvent>): void {
    for (const event of events) {
      if (event._tag === "Focus") {
        this.governor = { ...this.governor, focused: event.focused }
        continue
      }
      if (event._tag === "Mouse" && event.act === "wheel") {
        this.turned += event.by
        continue
      }
      this.turn()
      this.take(event)
    }
    this.want("input")
  }
  /** What the wheel turned since the last frame, as one turn. */
  private turn(): void {
    const by = this.turned
    this.turned = 0
    if (by !== 0) this.take({ _tag: "Mouse", act: "wheel", x: 0, y: 0, by })
  }
  private take(event: KeyEvent): void {
    const { commands, ui } = update(this.ui, event, surroundingsOf(this.scene(), this.size, this.look))
    this.ui = ui
    for (const command of commands) this.send(command)
    this.grace.watch(ui.grace)
  }
  /** Performs a command; one that changes a run is shown on its way. */
  private send(command: Command): void {
    const label = labels[command._tag]
    const key = label === undefined ? "" : this.options.newKey()
    if (label !== undefined) {
      const sent: Sent = { key, label, command, state: "sent", reason: "", at: this.clock, run: this.known.run.run }
      this.ui = { ...this.ui, sent: [...this.ui.sent.slice(1 - mostSent), sent] }
    }
    this.options.perform(command, key)
  }
  private get clock(): number {
    return this.options.time.clock()
  }
  setLook(look: Look): void {
    this.look = look
    this.want("input")
  }
  /** Half as many frames, for a terminal behind a slow line. */
  slowDown(): void {
    this.governor = { ...this.governor, slow: true }
  }
  resize(size: Size): void {
    this.size = size
    this.paint()
  }
  /** No frames until `resume`; events are folded all the same. */
  pause(): void {
    this.isPaused = true
    this.stopTimers()
  }
  resume(): void {
    this.isPaused = false
    this.paint()
  }
  close(): void {
    this.pause()
    this.grace.stop()
    this.folding.stop()
    this.drawing.stop()
  }
  scene(): Scene {
    const { link, run } = this.known
    // While the link is down nothing that is shown grows older than it was then.
    const lostAt = link._tag === "Attached" ? link.lostAt : undefined
    const now = link._tag === "Replay" ? run.at : (lostAt ?? this.options.time.now())
    return this.maker.make(this.known, this.ui, now, this.abilities, this.clock)
  }
  private frameNow(): ReadonlyArray<string> {
    return paintScreen(this.scene(), this.size, this.look)
  }
  private want(what: "background" | "input"): void {
    this.governor = wants(this.governor, what)
    this.plan()
  }
  private plan(): void {
    if (this.isPaused) return
    const due = dueAt(this.governor)
    if (due === undefined) return
    const wait = due - this.options.time.clock()
    if (wait <= 0) return this.paint()
    this.cancelTimer?.()
    this.cancelTimer = this.options.time.after(wait, () => this.paint())
  }
  private paint(): void {
    if (this.isPaused) return
    this.stopTimers()
    const began = this.options.time.clock()
    let bytes = 0
    try {
      this.turn()
      this.rows = this.frameNow()
      bytes = this.options.show(this.rows, this.size)
    } catch (error) {
      this.isPaused = true
      this.options.failed(error)
      return
    }
    if (largeGraphs.isBusy) this.drawing.begin()
    const ended = this.options.time.clock()
    this.governor = painted(this.governor, ended, { ms: ended - began, bytes })
    // Only while something on the screen moves by itself is there a timer at all.
    const wait = isMoving(this.known) ? motionMs : nextChange(this.ui, ended)
    if (wait !== undefined) this.cancelMotion = this.options.time.after(wait, () => this.want("background"))
  }
  private stopTimers(): void {
    this.cancelTimer?.()
    this.cancelMotion?.()
    this.cancelTimer = undefined
    this.cancelMotion = undefined
  }
}
