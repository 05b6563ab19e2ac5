/** The dashboard on a terminal: keys in, frames out. It never starts, stops or owns a run; whoever opened it is asked to. */
import type { LiveEvent, LogLine } from "@tetra/core/engine"
import type { ChildProcess } from "node:child_process"
import { randomUUID } from "node:crypto"
import process from "node:process"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { cleared, mostEvents, mostLines } from "../model/Recording.ts"
import type { History } from "../model/estimate.ts"
import { lineWeight } from "../model/logs/Flood.ts"
import { atNewestLine } from "../model/logs/updateLogs.ts"
import { itemsOf, Ring } from "../model/Ring.ts"
import { emptyModel, type RunModel } from "../model/RunModel.ts"
import type { Abilities } from "../model/Scene.ts"
import type { Command, Setting } from "../model/Ui.ts"
import type { ViewCommand } from "../model/ViewsUi.ts"
import type { Fact } from "../model/inspect.ts"
import { type Desk, emptyDesk, type World } from "../model/World.ts"
import type { SentState, ToastTone } from "../model/toasts.ts"
import { type Preferences, uiWith } from "../model/preferences.ts"
import { aLook, isTheme, type LookOptions } from "../paint/theme.ts"
import { copyText } from "./logs/clipboard.ts"
import { LogReading } from "./logs/LogReading.ts"
import { isMissing, startEditor, startPager } from "./logs/programs.ts"
import { Player } from "./Player.ts"
import { Screen } from "./Screen.ts"
import { Store, type Time } from "./Store.ts"
import { type Streams, Terminal } from "./Terminal.ts"

/** What the dashboard asks its owner for. The other commands it performs itself. */
export type Request =
  | Extract<Command, { readonly _tag: "Run" | "Retry" | "Cancel" | "Interrupt" | "Leave" | "LineMode" | "OpenRun" | "Load" }>
  | ViewCommand
export interface DashboardOptions {
  readonly streams: Streams
  readonly look: LookOptions
  /** What was remembered of the person; undefined: nothing. */
  readonly preferences?: Preferences
  /** Something that is remembered has changed. */
  readonly remember?: (preferences: Preferences) => void
  /** The mouse is taken from the terminal from the beginning. */
  readonly mouse?: boolean
  /** A terminal behind a slow line: half as many frames, no spinner. */
  readonly slow?: boolean
  readonly abilities: Abilities
  readonly history: History
  /** `key` names the command: its owner tells with `answer` what became of it. */
  readonly asked: (request: Request, key: string) => void
  /** A signal came, and the screen is given back: stop what is running, or `close` and leave. */
  readonly signalled: (signal: NodeJS.Signals) => void
  /** The dashboard cannot go on; the screen is given back already. */
  readonly failed: (error: unknown) => void
}
const realTime: Time = {
  now: () => Date.now(),
  clock: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  }
}

export class Dashboard {
  private readonly options: DashboardOptions
  private readonly terminal: Terminal
  private readonly store: Store
  private readonly logs: LogReading
  private readonly screen: Screen
  private isFull = false
  private look: LookOptions
  /** What the person chose by hand, and is remembered. */
  private chosen: Pick<Preferences, "theme" | "mouse" | "still">
  private readonly player: Player
  /** Line mode: the screen is given back, and only a few keys mean something. */
  private isLines = false

  constructor(options: DashboardOptions) {
    this.options = options
    this.look = options.slow === true ? { ...options.look, still: true } : options.look
    this.chosen = options.preferences ?? {}
    this.terminal = new Terminal(options.streams, {
      keys: (events) => {
        if (this.isLines) this.lineKeys(events.flatMap((e) => (e._tag === "Key" ? [e.key] : [])))
        else this.store.keys(events)
      },
      resized: () => this.redraw(),
      signalled: (signal) => {
        this.toLines()
        options.signalled(signal)
      }
    })
    const world: World = {
      run: emptyModel,
      isPlanning: false,
      configVersion: undefined,
      events: new Ring(mostEvents),
      logs: new Ring(mostLines, lineWeight),
      logPath: undefined,
      book: undefined,
      search: undefined,
      attempts: [],
      flood: undefined,
      history: options.history,
      link: { _tag: "InProcess" },
      desk: emptyDesk,
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone
    }
    this.screen = new Screen(this.terminal.draw)
    this.store = new Store({
      world,
      ui: uiWith(options.preferences),
      size: this.terminal.size,
      look: aLook(this.look),
      abilities: options.abilities,
      time: realTime,
      perform: (command, key) => this.perform(command, key),
      newKey: randomUUID,
      show: (rows, { width }) => this.screen.show(rows, width),
      failed: (error) => this.fail(error)
    })
    this.player = new Player(this.store, realTime)
    this.logs = new LogReading(this.store)
    if (options.slow === true) this.store.slowDown()
    this.terminal.setMouse(options.mouse === true)
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
    this.terminal.open()
    this.showScreen()
  }
  /** Gives the terminal back. */
  close(): void {
    this.player.stop()
    this.store.close()
    this.hideScreen()
    this.terminal.restore()
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
  setLink(link: Extract<World["link"], { readonly _tag: "Attached" }>): void {
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
    this.terminal.enter()
    this.screen.forget()
    this.store.size = this.terminal.size
    this.store.resume()
  }
  private hideScreen(): void {
    this.isFull = false
    this.store.pause()
    this.terminal.leave()
  }
  private fail(error: unknown): void {
    this.toLines()
    this.options.failed(error)
  }
  /** Everything again, on a clean screen. */
  private redraw(): void {
    if (!this.isFull) return
    this.screen.forget()
    this.store.resize(this.terminal.size)
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
        return this.redraw()
      case "Suspend":
        return this.suspend()
      default:
        return this.options.asked(command, key)
    }
  }
  private remember(): void {
    const { frameless, split, typed } = this.store.ui
    const { mouse, still, theme } = this.chosen
    const set = {
      ...(theme === undefined ? {} : { theme }),
      ...(mouse === undefined ? {} : { mouse }),
      ...(still === undefined ? {} : { still })
    }
    this.options.remember?.({ split, frameless, typed, ...set })
  }
  private set(setting: Setting, value: string): void {
    const on = value === "on"
    switch (setting) {
      case "theme":
        if (!isTheme(value)) return
        this.look = { ...this.look, theme: value }
        this.chosen = { ...this.chosen, theme: value }
        break
      case "mouse":
        this.terminal.setMouse(on)
        this.chosen = { ...this.chosen, mouse: on }
        break
      case "motion":
        this.look = { ...this.look, still: !on }
        this.chosen = { ...this.chosen, still: !on }
        break
      case "color":
        this.look = { ...this.look, color: on }
        break
      default:
        this.look = { ...this.look, unicode: !on }
    }
    this.store.setLook(aLook(this.look))
    this.remember()
  }
  private suspend(): void {
    if (process.platform === "win32") return this.say("this terminal cannot suspend", "warn")
    this.terminal.suspend()
    return undefined
  }
  private async copy(text: string, what: string): Promise<void> {
    const write = (sequence: string): void => this.terminal.writeRaw(sequence)
    this.say(await copyText(text, what, { env: process.env, platform: process.platform, write }))
  }
  /** Keyboard and screen for another program, until it ends. */
  private lend(start: () => ChildProcess, mend: string): ChildProcess {
    this.hideScreen()
    this.terminal.lend()
    const program = start()
    let isBack = false
    const back = (problem?: string): void => {
      if (isBack) return
      isBack = true
      this.terminal.take()
      this.showScreen()
      if (problem !== undefined) this.say(`${problem}. ${mend}`, "bad")
    }
    program.once("error", (error) => back(`it does not start: ${error.message}`))
    program.once("close", (code) => back(isMissing(code) ? "there is no such program" : undefined))
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
