/** The dashboard on a terminal: keys in, frames out. It never starts, stops or owns a run; whoever opened it is asked to. */
import type { LiveEvent, LogLine } from "@tetra/core/engine"
import { type Instance, render } from "ink"
import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import process from "node:process"
import { itemsOf } from "../model/Ring.ts"
import { cleared, mostEvents, mostLines } from "../model/Recording.ts"
import type { History } from "../model/estimate.ts"
import { Ring } from "../model/Ring.ts"
import { emptyModel, type RunModel } from "../model/RunModel.ts"
import type { Abilities } from "../model/Scene.ts"
import type { Command, Setting } from "../model/Ui.ts"
import type { ViewCommand } from "../model/ViewsUi.ts"
import type { Fact } from "../model/inspect.ts"
import { type Desk, emptyDesk, type World } from "../model/World.ts"
import type { SentState, ToastTone } from "../model/toasts.ts"
import { type Preferences, uiWith } from "../model/preferences.ts"
import { aLook, isTheme, type LookOptions } from "../paint/theme.ts"
import { plainLine } from "../paint/views/logs.ts"
import { Player } from "./Player.ts"
import { searchFile } from "./searchFile.ts"
import { Boundary, Screen } from "./Screen.tsx"
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
/** Most bytes that terminals take through OSC 52. */
const mostCopied = 74_994

export class Dashboard {
  private readonly options: DashboardOptions
  private readonly terminal: Terminal
  private readonly store: Store
  private instance: Instance | undefined
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
      resized: () => this.resized(),
      signalled: (signal) => {
        this.toLines()
        options.signalled(signal)
      }
    })
    const world: World = {
      run: emptyModel,
      configVersion: undefined,
      events: new Ring(mostEvents),
      logs: new Ring(mostLines),
      logPath: undefined,
      history: options.history,
      link: { _tag: "InProcess" },
      desk: emptyDesk,
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone
    }
    this.store = new Store({
      world,
      ui: uiWith(options.preferences),
      size: this.terminal.size,
      look: aLook(this.look),
      abilities: options.abilities,
      time: realTime,
      perform: (command, key) => this.perform(command, key),
      newKey: randomUUID,
      failed: (error) => this.fail(error)
    })
    this.player = new Player(this.store, realTime)
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
    return this.instance !== undefined
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
  follow(logPath: string | undefined, history: History): void {
    this.player.stop()
    this.store.setWorld({ ...cleared(this.store.world), link: { _tag: "InProcess" }, logPath, history })
  }
  setLogPath(logPath: string): void {
    this.store.setWorld({ ...this.store.world, logPath })
  }
  /** A recorded run, shown as it ended. */
  replay(recording: ReadonlyArray<LiveEvent>, logPath: string | undefined): void {
    this.player.load(recording, logPath)
  }
  /** Off the full screen, with the keys `T` (back) and Ctrl-C still heard; and back again. */
  toLines(): void {
    this.isLines = true
    this.store.pause()
    this.hideScreen()
  }
  toScreen(): void {
    this.isLines = false
    this.showScreen()
    this.store.resume()
  }

  private showScreen(): void {
    if (this.instance !== undefined) return
    this.terminal.enter()
    const { height, width } = this.terminal.size
    this.terminal.ink.columns = width
    this.terminal.ink.rows = height
    this.store.size = this.terminal.size
    this.instance = render(
      <Boundary failed={(error) => this.fail(error)}>
        <Screen store={this.store} />
      </Boundary>,
      {
        stdout: this.terminal.ink as unknown as NodeJS.WriteStream,
        stdin: this.options.streams.stdin,
        exitOnCtrlC: false,
        patchConsole: false,
        incrementalRendering: true,
        interactive: true,
        maxFps: 60,
        isScreenReaderEnabled: false
      }
    )
  }
  private hideScreen(): void {
    // First the screen: what Ink still says while it goes reaches nobody.
    this.terminal.leave()
    this.instance?.unmount()
    this.instance?.cleanup()
    this.instance = undefined
  }
  private fail(error: unknown): void {
    this.toLines()
    this.options.failed(error)
  }
  private resized(): void {
    const { size } = this.terminal
    this.terminal.ink.columns = size.width
    this.terminal.ink.rows = size.height
    this.redraw()
  }
  /** Everything again, on a clean screen. */
  private redraw(): void {
    if (this.instance === undefined) return
    this.instance.clear()
    this.terminal.ink.write("\u001b[2J\u001b[H")
    this.store.resize(this.terminal.size)
    this.terminal.ink.emit("resize")
  }
  private lineKeys(keys: ReadonlyArray<string>): void {
    for (const key of keys) {
      if (key === "C-c") this.options.asked({ _tag: "Interrupt" }, "")
      if (key === "T") this.options.asked({ _tag: "LineMode" }, "")
    }
  }
  private perform(command: Command, key: string): void {
    switch (command._tag) {
      case "Replay":
        return this.player.scrub(command.act)
      case "Copy":
        return this.copy(command.text, command.what)
      case "Pager":
        return this.page()
      case "SearchFile":
        return void this.search(command.text)
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
  private copy(text: string, what: string): void {
    const bytes = Buffer.from(text)
    if (bytes.length > mostCopied)
      return this.say("too long for the clipboard: o opens it in the pager, the log file has it all", "warn")
    this.terminal.writeRaw(`\u001b]52;c;${bytes.toString("base64")}\u0007`)
    return this.say(`sent ${what} to the clipboard (${bytes.length} bytes, OSC 52); if nothing arrives, m shows it for selection`)
  }
  /** The filtered log in `$PAGER`. */
  private page(): void {
    const { shown, world } = this.store.scene()
    const places = new Set(shown)
    const text = [...itemsOf(world.logs)].flatMap(([place, line]) => (places.has(place) ? [plainLine(line)] : [])).join("\n")
    this.store.pause()
    this.hideScreen()
    this.terminal.lend()
    const back = (error?: Error): void => {
      this.terminal.take()
      this.showScreen()
      this.store.resume()
      if (error !== undefined) this.say(`the pager does not start: ${error.message}. Set PAGER`, "bad")
    }
    const pager = spawn(process.env["PAGER"] || "less", { shell: true, stdio: ["pipe", "inherit", "inherit"] })
    pager.once("error", back)
    pager.once("close", () => back())
    pager.stdin.on("error", () => undefined)
    pager.stdin.end(`${text}\n`)
  }
  private async search(text: string): Promise<void> {
    const { logPath, logs } = this.store.world
    if (logPath === undefined || logs.first === 0) return
    const found = await searchFile(logPath, text)
    if (found !== undefined) this.say(`${found} in the whole file; the ones in memory are marked, o opens all lines`)
  }
}
