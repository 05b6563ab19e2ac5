/** The dashboard in its shell: keys in, frames out. It never starts, stops or owns a run; whoever opened it is asked to. */
import type { LiveEvent, LogLine } from "@tetra/core/engine"
import type { ChildProcess } from "node:child_process"
import { randomUUID } from "node:crypto"
import process from "node:process"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { cleared, emptyWorld } from "../model/Recording.ts"
import type { History } from "../model/estimate.ts"
import { atNewestLine } from "../model/logs/updateLogs.ts"
import { itemsOf } from "../model/Ring.ts"
import type { RunModel } from "../model/RunModel.ts"
import type { Abilities } from "../model/Scene.ts"
import type { Command, Setting, View } from "../model/Ui.ts"
import type { Fact } from "../model/inspect.ts"
import type { Desk, World } from "../model/World.ts"
import type { SentState, ToastTone } from "../model/toasts.ts"
import { uiWith } from "../model/preferences.ts"
import type { Size } from "../paint/Painter.ts"
import { Chosen } from "./Chosen.ts"
import { copyText } from "./logs/clipboard.ts"
import { LogReading } from "./logs/LogReading.ts"
import { startEditor, startPager, whenEnded } from "./logs/programs.ts"
import { Player } from "./Player.ts"
import { Store } from "./Store.ts"
import { realTime } from "./Time.ts"
import type { DashboardOptions } from "./DashboardOptions.ts"
import { Frames } from "../ink/Frames.ts"
import type { Shell } from "../ink/Shell.tsx"

export class Dashboard {
  private readonly options: DashboardOptions
  private readonly shell: Shell
  private readonly store: Store
  private readonly logs: LogReading
  private readonly frames = new Frames()
  /** Frames are painted: the screen is ours. */
  private isFull = false
  private readonly chosen: Chosen
  private readonly player: Player
  /** Line mode: the screen is given back, and only a few keys mean something. */
  private isLines = false

  constructor(options: DashboardOptions) {
    this.options = options
    const look = options.slow === true ? { ...options.look, still: true } : options.look
    this.chosen = new Chosen(look, options.preferences)
    this.shell = options.shell
    this.store = new Store({
      world: emptyWorld(options.history),
      ui: uiWith(options.preferences),
      size: this.shell.size,
      look: this.chosen.look,
      abilities: options.abilities,
      time: realTime,
      perform: (command, key) => this.perform(command, key),
      newKey: randomUUID,
      show: (rows, size) => this.frames.show(rows, size),
      failed: (error) => this.fail(error)
    })
    this.player = new Player(this.store, realTime)
    this.logs = new LogReading(this.store)
    if (options.slow === true) this.store.slowDown()
    this.shell.setMouse(options.mouse === true)
  }
  get model(): RunModel {
    return this.store.world.run
  }
  /** The rows of the newest frame. */
  get picture(): ReadonlyArray<string> {
    return this.store.frame()
  }
  /** The newest lines of a stage that are in memory, oldest first. */
  tailOf(stage: string, most: number): ReadonlyArray<LogLine> {
    const own = [...itemsOf(this.store.world.logs)].flatMap(([, line]) => (line.stage === stage ? [line] : []))
    return own.slice(-most)
  }
  get isFullScreen(): boolean {
    return this.isFull
  }
  open(): void {
    this.shell.give({
      frames: this.frames,
      keys: (events) => {
        if (this.isLines) this.lineKeys(events.flatMap((e) => (e._tag === "Key" ? [e.key] : [])))
        else this.store.keys(events)
      },
      resized: (size) => this.repaint(size),
      signalled: (signal) => {
        this.toLines()
        this.options.signalled(signal)
      },
      failed: (error) => this.fail(error)
    })
    this.shell.open()
    this.showScreen()
  }
  /** Gives the terminal back. */
  close(): void {
    this.player.stop()
    this.store.close()
    this.hideScreen()
    this.shell.close()
  }
  see(event: LiveEvent): void {
    this.store.see(event)
  }
  say(text: string, tone: ToastTone = "plain"): void {
    this.store.say(text, tone)
  }
  /** What became of a command: accepted, or refused and why. That it was applied is seen in the run itself. */
  answer(key: string, state: SentState, reason?: string): void {
    this.store.answer(key, state, reason)
  }
  setDesk(change: Partial<Desk>): void {
    this.store.setDesk(change)
  }
  /** The view that is open. */
  get view(): View {
    return this.store.ui.view
  }
  get desk(): Desk {
    return this.store.world.desk
  }
  /** Shows what was worked out when it was asked for. */
  show(title: string, facts: ReadonlyArray<Fact>): void {
    this.store.show({ _tag: "Inspect", what: { _tag: "Told", title, facts }, top: 0 })
  }
  setAbilities(abilities: Abilities): void {
    this.store.abilities = abilities
  }
  /** A new run of this process is shown from its first event on. */
  follow(logPath: string | undefined, history: History, isPlanning = false): void {
    this.player.stop()
    this.store.ui = atNewestLine(this.store.ui)
    this.store.setWorld({ ...cleared(this.store.world), link: { _tag: "InProcess" }, logPath, history, isPlanning })
  }
  /** Where what is shown comes from, when it is neither this process nor a recording. */
  setLink(link: Exclude<World["link"], { readonly _tag: "Replay" }>): void {
    this.store.setWorld({ ...this.store.world, link })
  }
  setLogPath(logPath: string): void {
    this.store.setWorld({ ...this.store.world, logPath })
  }
  /** A recorded run, shown as it ended. */
  replay(recording: ReadonlyArray<LiveEvent>, logPath: string | undefined): void {
    this.store.ui = atNewestLine(this.store.ui)
    this.player.load(recording, logPath)
  }
  /** Off the full screen, with the keys `T` (back) and Ctrl-C still heard; and back again. */
  toLines(): void {
    this.isLines = true
    this.hideScreen()
  }
  toScreen(): void {
    this.isLines = false
    this.showScreen()
  }

  private showScreen(): void {
    if (this.isFull) return
    this.isFull = true
    if (!this.shell.isFullScreen) this.shell.enter()
    this.store.size = this.shell.size
    this.store.resume()
  }
  private hideScreen(): void {
    this.isFull = false
    this.store.pause()
    this.shell.leave()
  }
  /** While somebody's code holds the loop: the terminal is as it was found, so that lines and Ctrl-C work. Answers how to go on. */
  standStill(): () => void {
    const take = this.shell.lendAtOnce()
    return () => {
      take()
      this.repaint(this.shell.size)
    }
  }
  private fail(error: unknown): void {
    this.toLines()
    this.options.failed(error)
  }
  /** Everything again, on a clean screen. */
  private repaint(size: Size): void {
    if (!this.isFull) return
    this.frames.forget()
    this.store.resize(size)
  }
  private lineKeys(keys: ReadonlyArray<string>): void {
    for (const key of keys) {
      if (key === "C-c") this.options.asked({ _tag: "Interrupt" }, "")
      if (key === "C-z") this.suspend()
      if (key === "T") this.options.asked({ _tag: "LineMode" }, "")
    }
  }
  private perform(command: Command, key: string): void {
    switch (command._tag) {
      case "Replay":
        return this.player.scrub(command.act)
      case "Copy":
        return void this.copy(command.text, command.what)
      case "Pager":
        return void this.page()
      case "Editor":
        return this.edit()
      case "SaveLines":
        return void this.logs.save(command.path)
      case "SearchFile":
        return void this.logs.search()
      case "ReadFile":
        return void this.logs.show(command.at)
      case "ReadOlder":
        return void this.logs.older()
      case "ReadNewer":
        return void this.logs.newer()
      case "Set":
        return this.set(command.setting, command.value)
      case "Remember":
        return this.remember()
      case "Redraw":
        return this.shell.redraw()
      case "Suspend":
        return this.suspend()
      default:
        return this.options.asked(command, key)
    }
  }
  private remember(): void {
    const { frameless, split, typed } = this.store.ui
    this.options.remember?.({ split, frameless, typed, ...this.chosen.remembered })
  }
  private set(setting: Setting, value: string): void {
    if (!this.chosen.set(setting, value)) return
    if (setting === "mouse") this.shell.setMouse(value === "on")
    this.store.setLook(this.chosen.look)
    this.remember()
  }
  private suspend(): void {
    if (process.platform === "win32") return this.say("this terminal cannot suspend", "warn")
    this.shell.stop()
    return undefined
  }
  private async copy(text: string, what: string): Promise<void> {
    const write = (sequence: string): void => this.shell.writeRaw(sequence)
    this.say(await copyText(text, what, { env: process.env, platform: process.platform, write }))
  }
  /** Keyboard and screen for another program, until it ends. */
  private lend(start: () => ChildProcess, mend: string): ChildProcess {
    this.hideScreen()
    this.shell.lend()
    const program = start()
    whenEnded(program, (problem) => {
      this.shell.take()
      this.showScreen()
      if (problem !== undefined) this.say(`${problem}. ${mend}`, "bad")
    })
    return program
  }
  /** The filtered log in `$PAGER`. */
  private async page(): Promise<void> {
    const { stdin } = this.lend(startPager, "Set PAGER")
    // Somebody who has seen enough closes the pager before it has everything.
    if (stdin !== null) await pipeline(Readable.from(this.logs.text()), stdin).catch(() => undefined)
  }
  /** The whole log file in `$EDITOR`. */
  private edit(): void {
    const { logPath } = this.store.world
    if (logPath === undefined) return this.say("this run has no log file yet", "warn")
    this.lend(() => startEditor(logPath), "Set EDITOR")
    return undefined
  }
}
