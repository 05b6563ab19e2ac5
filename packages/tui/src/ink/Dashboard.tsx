/** The dashboard on a terminal: keys in, frames out. It never starts, stops or owns a run; whoever opened it is asked to. */
import type { LiveEvent } from "@tetra/core/engine"
import { type Instance, render } from "ink"
import { spawn } from "node:child_process"
import process from "node:process"
import { itemsOf } from "../model/Ring.ts"
import { cleared, mostEvents, mostLines } from "../model/Recording.ts"
import type { History } from "../model/estimate.ts"
import { Ring } from "../model/Ring.ts"
import { emptyModel, type RunModel } from "../model/RunModel.ts"
import type { Abilities } from "../model/Scene.ts"
import { type Command, initialUi } from "../model/Ui.ts"
import type { ViewCommand } from "../model/ViewsUi.ts"
import type { Fact } from "../model/inspect.ts"
import { type Desk, emptyDesk, type World } from "../model/World.ts"
import type { Look } from "../paint/theme.ts"
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
  readonly look: Look
  readonly abilities: Abilities
  readonly history: History
  readonly asked: (request: Request) => void
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
  private readonly player: Player
  /** Line mode: the screen is given back, and only a few keys mean something. */
  private isLines = false

  constructor(options: DashboardOptions) {
    this.options = options
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
      ui: initialUi,
      size: this.terminal.size,
      look: options.look,
      abilities: options.abilities,
      time: realTime,
      perform: (command) => this.perform(command),
      failed: (error) => this.fail(error)
    })
    this.player = new Player(this.store, realTime)
  }
  get model(): RunModel {
    return this.store.world.run
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
  say(text: string, tone: "plain" | "good" | "bad" | "warn" = "plain"): void {
    this.store.say(text, tone)
  }
  setDesk(change: Partial<Desk>): void {
    this.store.setDesk(change)
  }
  get desk(): Desk {
    return this.store.world.desk
  }
  get look(): Look {
    return this.store.look
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
      if (key === "C-c") this.options.asked({ _tag: "Interrupt" })
      if (key === "T") this.options.asked({ _tag: "LineMode" })
    }
  }
  private perform(command: Command): void {
    switch (command._tag) {
      case "Replay":
        return this.player.scrub(command.act)
      case "Copy":
        return this.copy(command.text, command.what)
      case "Pager":
        return this.page()
      case "SearchFile":
        return void this.search(command.text)
      case "Redraw":
        return this.redraw()
      case "Suspend":
        return this.suspend()
      default:
        return this.options.asked(command)
    }
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
