/** The dashboard as the command line uses it: one screen over any number of runs, with line mode below it. */
import process from "node:process"
import { Dashboard, type Preferences, recordingOf, type Request } from "@tetra/tui"
import type { Project } from "@tetra/core/engine"
import type { LiveEvent, LogLine } from "../domain.ts"
import { writeDetails } from "../explain.ts"
import type { History } from "../output/estimate.ts"
import { oneLine } from "../output/plain/text.ts"
import type { Renderer } from "../output/Renderer.ts"
import { keepPreferences } from "./display.ts"
import { type Recorded, recorded } from "./desk.ts"
import { runErrand } from "./errands.ts"
import { reloadConfig } from "./reloadConfig.ts"
import { localSource, type Source } from "./source.ts"
import { watchConfig } from "./watchConfig.ts"
import { abilitiesOf, type BoardOptions, type Next, type Remotely, type RunControl } from "./BoardOptions.ts"
import { DeskLoading } from "./DeskLoading.ts"
import { LineMode } from "./LineMode.ts"
import { storePlaceOf } from "../project/open.ts"

export class Board {
  private readonly options: BoardOptions
  /** In force from the next run on: a valid save of the configuration replaces it. */
  project: Project
  private unwatch: () => void = () => undefined
  private readonly dashboard: Dashboard
  private control: RunControl | undefined
  private remotely: Remotely | undefined
  /** Takes over while the screen is given back. */
  private readonly lines: LineMode
  private history: History = new Map()
  private wasInterrupted = false
  private readonly desk: DeskLoading
  /** The person left by Ctrl-C or a signal. */
  get isInterrupted(): boolean {
    return this.wasInterrupted
  }
  private decide: ((next: Next) => void) | undefined

  constructor(options: BoardOptions) {
    this.options = options
    this.lines = new LineMode(options.detail)
    const { display } = options
    this.project = options.project
    this.dashboard = new Dashboard({
      shell: options.shell,
      look: display.look,
      mouse: display.mouse,
      slow: display.slow,
      ...(display.preferences === undefined ? {} : { preferences: display.preferences }),
      remember: (preferences) => this.remember(preferences),
      abilities: abilitiesOf(options),
      history: new Map(),
      asked: (request, key) => this.asked(request, key),
      signalled: () => this.signalled(),
      failed: (error) => this.failed(error)
    })
    this.desk = new DeskLoading(this.dashboard, () => this.source)
  }
  /** `isPlanning`: a run was asked for already. */
  open(isPlanning = false): void {
    if (isPlanning) this.dashboard.follow(undefined, this.history, true)
    this.dashboard.open()
    if (this.project.configFile !== undefined) this.unwatch = watchConfig(this.project.configFile, () => void this.reload())
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
    this.dashboard.answer(key, "accepted")
  }
  /** A command that cannot be done, or was accepted and cannot be done after all. */
  refuse(key: string, reason: string): void {
    this.dashboard.answer(key, "refused", reason)
  }
  private remember(preferences: Preferences): void {
    try {
      keepPreferences(this.project.home, preferences)
    } catch (error) {
      this.say(`the layout cannot be kept: ${oneLine(error instanceof Error ? error.message : String(error))}`, "warn")
    }
  }
  close(): void {
    this.unwatch()
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
    this.dashboard.follow(undefined, history, this.remotely === undefined)
    return {
      recall: (event) => this.dashboard.see(event),
      see: (event: LiveEvent) => {
        this.dashboard.see(event)
        this.lines.see(event)
      },
      say: (line) => {
        this.dashboard.say(oneLine(line), "warn")
        this.lines.say(line)
      },
      stop: () => {
        this.lines.stop()
        return this.dashboard.model
      }
    }
  }
  /** From now on the runs are those of a server. */
  attach(remotely: Remotely): void {
    this.remotely = remotely
  }
  link(link: Parameters<Dashboard["setLink"]>[0]): void {
    this.dashboard.setLink(link)
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
    this.control = control
  }
  /** The run is over: waits for what the person wants next. Somebody who stopped it, or reads it line by line, wants to leave. */
  async ended(): Promise<Next> {
    this.control = undefined
    this.desk.turned()
    this.desk.ended()
    if (this.wasInterrupted || this.lines.isOn || this.leavesNow) return { _tag: "Leave" }
    return await this.next()
  }
  private get leavesNow(): boolean {
    const { exitOnFinish } = this.options.display
    return exitOnFinish === "any" || (exitOnFinish === "ok" && this.dashboard.model.status === "completed")
  }
  async next(): Promise<Next> {
    return await new Promise((resolve) => {
      this.decide = (next) => {
        this.decide = undefined
        resolve(next)
      }
    })
  }

  private asked(request: Request, key: string): void {
    switch (request._tag) {
      case "Cancel":
        if (this.remotely !== undefined) return this.remotely.order("cancel", key)
        if (this.control === undefined) return this.refuse(key, "nothing is running any more")
        this.accept(key)
        return this.control.cancel()
      case "Interrupt":
        return this.interrupt()
      case "LineMode":
        return this.lines.isOn ? this.toScreen() : this.toLines()
      case "Leave":
        return this.decide?.({ _tag: "Leave" })
      case "Run":
        return this.begin({ _tag: "Run", force: request.force, key })
      case "Retry":
        return this.begin({ _tag: "Retry", run: request.run, stages: request.stages, key })
      case "Pause":
        return this.hold("pause", key)
      case "Resume":
        return this.hold("resume", key)
      case "OpenRun":
        return this.remotely === undefined ? void this.openRun(request.run) : this.remotely.open(request.run)
      case "Load":
        return void this.desk.load(request.view)
      default:
        return void runErrand(request, this.desktop())
    }
  }
  private hold(what: "pause" | "resume", key: string): void {
    if (this.remotely !== undefined) return this.remotely.order(what, key)
    if (this.control === undefined) return this.refuse(key, "nothing is running any more")
    this.accept(key)
    return this.control[what]()
  }
  private get source(): Source {
    return this.remotely?.source ?? this.ownSource
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
  private async reload(): Promise<void> {
    const after = await reloadConfig(this.dashboard, this.project, this.options.reload)
    if (after === undefined) return
    this.project = after
    this.desk.forget()
  }
  private begin(next: Extract<Next, { readonly key: string }>): void {
    if (this.decide === undefined) return this.refuse(next.key, "a run is under way")
    if (this.remotely === undefined) this.accept(next.key)
    this.decide(next)
  }
  private interrupt(): void {
    if (this.control === undefined) return this.decide?.({ _tag: "Leave" })
    this.wasInterrupted = true
    return this.control.interrupt()
  }
  /** The listeners of the run hear the same signal; without a run it means: leave. */
  private signalled(): void {
    this.wasInterrupted = true
    if (this.control === undefined) this.decide?.({ _tag: "Leave" })
    else this.startLines()
  }
  private startLines(): void {
    this.lines.start(this.dashboard.model, this.history)
  }
  private toLines(): void {
    if (this.remotely !== undefined) return this.say("line by line: `tetra logs --follow`, beside this or instead", "warn")
    if (this.control === undefined) return this.say("no run is under way: q leaves", "warn")
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
    const what = oneLine(error instanceof Error ? error.message : String(error))
    const file = writeDetails(error, process.argv.slice(2))
    const details = file === undefined ? "" : `; details: ${file}`
    this.lines.say(`the dashboard cannot go on (${what}${details}); the run does, line by line`)
    if (this.control === undefined) this.decide?.({ _tag: "Leave" })
  }
  private async openRun(run: string): Promise<void> {
    try {
      const found = await recorded(storePlaceOf(this.project), run)
      if (found === undefined) this.say(`there is no run ${run}`, "warn")
      else this.show(found)
    } catch (error) {
      this.say(oneLine(error instanceof Error ? error.message : String(error)), "bad")
    }
  }
}
