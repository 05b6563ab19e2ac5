/** The dashboard as the command line uses it: one screen over any number of runs, with line mode below it. */
import { Dashboard, type Preferences, recordingOf, type Request } from "@tetra/tui"
import type { Project } from "@tetra/core/engine"
import type { LiveEvent, LogLine } from "../domain.ts"
import type { History } from "../output/estimate.ts"
import { oneLine } from "../output/plain/text.ts"
import type { Renderer } from "../output/Renderer.ts"
import { keepPreferences } from "./display.ts"
import { type Recorded, recorded } from "./desk.ts"
import { runErrand } from "./errands.ts"
import { Reloading } from "./Reloading.ts"
import { localSource, type Source } from "./source.ts"
import { abilitiesOf, looksOf, type BoardOptions, type Next, type Remotely, type RunControl } from "./BoardOptions.ts"
import { rendererOn } from "./rendererOn.ts"
import { Orders } from "./Orders.ts"
import { Wish } from "./Wish.ts"
import { DeskLoading } from "./DeskLoading.ts"
import { cannotGoOn, LineMode } from "./LineMode.ts"
import { storePlaceOf } from "../project/open.ts"

const messageOf = (error: unknown): string => oneLine(error instanceof Error ? error.message : String(error))

export class Board {
  private readonly options: BoardOptions
  private readonly reloading: Reloading
  /** Pipelines that a save reached while a run was under way. */
  private waiting = new Set<string>()
  private readonly dashboard: Dashboard
  private readonly orders: Orders
  /** Takes over while the screen is given back. */
  private readonly lines: LineMode
  private history: History = new Map()
  private wasInterrupted = false
  /** The link to the server was lost since what stands beside the run was looked up. */
  private wasLost = false
  private readonly desk: DeskLoading
  /** The person left by Ctrl-C or a signal. */
  get isInterrupted(): boolean {
    return this.wasInterrupted
  }
  private readonly wish = new Wish()
  /** In force from the next run on. */
  get project(): Project {
    return this.reloading.project
  }

  constructor(options: BoardOptions) {
    this.options = options
    this.lines = new LineMode(options.detail)
    this.dashboard = new Dashboard({
      ...looksOf(options),
      remember: (preferences) => this.remember(preferences),
      abilities: abilitiesOf(options),
      history: new Map(),
      asked: (request, key) => this.asked(request, key),
      signalled: () => this.signalled(),
      failed: (error) => this.failed(error)
    })
    this.orders = new Orders(this.dashboard)
    this.reloading = new Reloading({
      ...options,
      dashboard: this.dashboard,
      taken: () => this.desk.forget(),
      again: (only) => this.again(only)
    })
    this.desk = new DeskLoading(this.dashboard, () => this.source)
  }
  /** `isPlanning`: a run was asked for already. */
  open(isPlanning = false): void {
    if (isPlanning) this.dashboard.follow(undefined, this.history, true)
    this.dashboard.open()
    void this.reloading.watch()
    const { complaint } = this.options.display
    if (complaint !== undefined) this.say(complaint, "warn")
    void this.desk.load("overview")
  }
  /** The last picture and the last lines of stages, for what is printed when the screen is gone. */
  get picture(): ReadonlyArray<string> {
    return this.dashboard.picture
  }
  tailOf(stage: string, most: number): ReadonlyArray<LogLine> {
    return this.dashboard.tailOf(stage, most)
  }
  accept(key: string): void {
    this.orders.accept(key)
  }
  /** A command that cannot be done, or was accepted and cannot be done after all. */
  refuse(key: string, reason: string): void {
    this.orders.refuse(key, reason)
  }
  private remember(preferences: Preferences): void {
    try {
      keepPreferences(this.project.home, preferences)
    } catch (error) {
      this.say(`the layout cannot be kept: ${messageOf(error)}`, "warn")
    }
  }
  close(): void {
    this.reloading.close()
    this.lines.end()
    this.dashboard.close()
  }
  /** Shows a recorded run as it ended. */
  show({ events, lines, log }: Recorded): void {
    this.dashboard.replay(recordingOf(events, lines), log)
    this.desk.turned()
    void this.desk.load("overview")
  }
  say(text: string, tone: "plain" | "good" | "bad" | "warn" = "plain"): void {
    this.dashboard.say(text, tone)
  }
  /** The renderer of a run that begins now. */
  follow(history: History): Renderer {
    this.history = history
    this.wasInterrupted = false
    this.dashboard.follow(undefined, history, this.orders.remotely === undefined)
    return rendererOn(this.dashboard, this.lines)
  }
  /** From now on the runs are those of a server. */
  attach(remotely: Remotely): void {
    this.orders.remotely = remotely
  }
  /** The run that is followed is worked on by the server. */
  inServer(): void {
    this.dashboard.setLink({ _tag: "InProcess", inServer: true })
  }
  link(link: Extract<Parameters<Dashboard["setLink"]>[0], { readonly _tag: "Attached" }>): void {
    this.dashboard.setLink(link)
    if (link.state === "live" && this.wasLost) this.desk.again()
    this.wasLost = link.state === "down" || (this.wasLost && link.state !== "live")
  }
  log(path: string): void {
    this.dashboard.setLogPath(path)
  }
  /** An event of a run that somebody else has. */
  see(event: LiveEvent): void {
    this.dashboard.see(event)
    if (event._tag !== "RunEnded") return
    this.desk.ended()
  }
  get status(): Dashboard["model"]["status"] {
    return this.dashboard.model.status
  }
  began(log: string, control: RunControl): void {
    this.dashboard.setLogPath(log)
    this.orders.control = control
    // Somebody left while the run was being prepared.
    if (this.wish.isLeaving) this.interrupt()
  }
  /** The run is over: waits for what the person wants next. Somebody who stopped it, or reads it line by line, wants to leave. */
  async ended(): Promise<Next> {
    this.orders.control = undefined
    this.desk.turned()
    this.desk.ended()
    if (this.wasInterrupted || this.lines.isOn || this.leavesNow) return { _tag: "Leave" }
    return this.waiting.size > 0 ? this.nextAgain() : await this.next()
  }
  private get leavesNow(): boolean {
    const { exitOnFinish } = this.options.display
    return exitOnFinish === "any" || (exitOnFinish === "ok" && this.dashboard.model.status === "completed")
  }
  async next(): Promise<Next> {
    return await this.wish.next()
  }

  private asked(request: Request, key: string): void {
    switch (request._tag) {
      case "Cancel":
        return this.orders.give("cancel", key)
      case "Interrupt":
        return this.interrupt()
      case "LineMode":
        return this.lines.isOn ? this.toScreen() : this.toLines()
      case "Leave":
        return this.wish.decide({ _tag: "Leave" })
      case "Detach":
        return this.orders.detach()
      case "Run":
        return this.begin({ _tag: "Run", force: request.force, key })
      case "Retry":
        return this.begin({ _tag: "Retry", run: request.run, stages: request.stages, key })
      case "Pause":
        return this.orders.give("pause", key)
      case "Resume":
        return this.orders.give("resume", key)
      case "OpenRun":
        return this.orders.remotely === undefined ? void this.openRun(request.run) : this.orders.remotely.open(request.run)
      case "Load":
        return void this.desk.load(request.view)
      default:
        return void runErrand(request, this.desktop())
    }
  }
  private get source(): Source {
    return this.orders.remotely?.source ?? this.ownSource
  }
  private readonly ownSource: Source = localSource(() => this.project)

  private desktop(): Parameters<typeof runErrand>[1] {
    const { dashboard, options, project } = this
    return {
      project,
      source: this.source,
      request: options.request,
      line: options.line,
      desk: dashboard.desk,
      run: dashboard.model.run,
      setDesk: (change) => dashboard.setDesk(change),
      show: (title, facts) => dashboard.show(title, facts),
      say: (text, tone) => this.say(text, tone),
      showCharts: (charts, what) => this.desk.showCharts(charts, what)
    }
  }
  /** Once a run that is under way has ended, what was saved meanwhile runs, too. */
  private again(only: ReadonlyArray<string>): void {
    for (const name of only) this.waiting.add(name)
    if (this.wish.isAsked) this.wish.decide(this.nextAgain())
    else this.say("the changed pipelines run after the run that is under way")
  }
  private nextAgain(): Next {
    const only = [...this.waiting]
    this.waiting.clear()
    return { _tag: "Run", force: false, key: "", only }
  }
  private begin(next: Extract<Next, { readonly key: string }>): void {
    if (!this.wish.isAsked) return this.refuse(next.key, "a run is under way")
    if (this.orders.remotely === undefined) this.accept(next.key)
    return this.wish.decide(next)
  }
  private interrupt(): void {
    if (this.orders.control === undefined) return this.wish.decide({ _tag: "Leave" })
    this.wasInterrupted = true
    return this.orders.control.interrupt()
  }
  /** The listeners of the run hear the same signal; without a run it means: leave. */
  private signalled(): void {
    this.wasInterrupted = true
    if (this.orders.control === undefined) this.wish.decide({ _tag: "Leave" })
    else this.startLines()
  }
  private startLines(): void {
    this.lines.start(this.dashboard.model, this.history)
  }
  private toLines(): void {
    if (this.orders.remotely !== undefined) return this.say("line by line: `tetra logs --follow`, beside this or instead", "warn")
    if (this.orders.control === undefined) return this.say("no run is under way: q leaves", "warn")
    this.dashboard.toLines()
    this.startLines()
    this.lines.say("line by line from here on; T goes back to the dashboard")
    return undefined
  }
  private toScreen(): void {
    this.lines.end()
    this.dashboard.toScreen()
  }
  private failed(error: unknown): void {
    this.startLines()
    this.lines.say(cannotGoOn(error))
    if (this.orders.control === undefined) this.wish.decide({ _tag: "Leave" })
  }
  private async openRun(run: string): Promise<void> {
    try {
      const found = await recorded(storePlaceOf(this.project), run)
      if (found === undefined) this.say(`there is no run ${run}`, "warn")
      else this.show(found)
    } catch (error) {
      this.say(messageOf(error), "bad")
    }
  }
}
