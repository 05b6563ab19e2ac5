/** The dashboard as the command line uses it: one screen over any number of runs, with line mode below it. */
import process from "node:process"
import {
  Dashboard,
  type Abilities,
  type ChartPane,
  type Preferences,
  recordingOf,
  type Request,
  themeNames,
  viewPainters,
  type View
} from "@tetra/tui"
import { keepConfig, type Project, type RunRequest } from "@tetra/core/engine"
import { Effect } from "effect"
import type { LiveEvent, LogLine } from "../domain.ts"
import { writeDetails } from "../explain.ts"
import type { History } from "../output/estimate.ts"
import { isLive, lookOf } from "../output/plain/look.ts"
import { plainRenderer } from "../output/plain/PlainRenderer.ts"
import { oneLine } from "../output/plain/text.ts"
import type { Renderer } from "../output/Renderer.ts"
import { type Display, keepPreferences } from "./display.ts"
import { type Recorded, recorded } from "./desk.ts"
import { runErrand } from "./errands.ts"
import { rejected, reloadOf, settingsOf } from "./settings.ts"
import { localSource, type Source } from "./source.ts"
import { watchConfig } from "./watchConfig.ts"
import { storePlaceOf } from "../project/open.ts"
import { perform } from "../runtime.ts"

/** What the person wants when no run is under way. */
export type Next =
  | { readonly _tag: "Leave" }
  | { readonly _tag: "Run"; readonly force: boolean; readonly key: string }
  | { readonly _tag: "Retry"; readonly run: string; readonly stages: ReadonlyArray<string>; readonly key: string }
/** What can be done to the run that is under way. */
export interface RunControl {
  readonly cancel: () => void
  readonly pause: () => void
  readonly resume: () => void
  /** What Ctrl-C does: the first stops, the second leaves. */
  readonly interrupt: () => void
}
/** What can be done to the runs of a server that the dashboard is attached to. */
export interface Remotely {
  readonly source: Source
  /** `key` is the idempotency key of the wish. */
  readonly order: (what: "cancel" | "pause" | "resume", key: string) => void
  /** Shows another run of it. */
  readonly open: (run: string) => void
}
export interface BoardOptions {
  readonly project: Project
  /** What `r` asks for. */
  readonly request: RunRequest
  /** The project as its file says it now. */
  readonly reload: () => Promise<Project>
  readonly line: string
  readonly display: Display
  readonly detail: "quiet" | "normal" | "verbose"
}

/** The label of an environment where mistakes are dear. */
const productionOf = (environment: string | undefined): string | undefined =>
  environment !== undefined && /^(?:prod|live)/iu.test(environment) ? environment : undefined
/** How long what was looked up for a view is good enough, where looking it up costs time. */
const keptMs: Readonly<Partial<Record<View, number>>> = { overview: 60_000, schedule: 60_000, config: 60_000 }

export class Board {
  private readonly options: BoardOptions
  /** In force from the next run on: a valid save of the configuration replaces it. */
  project: Project
  private unwatch: () => void = () => undefined
  private readonly dashboard: Dashboard
  private control: RunControl | undefined
  private remotely: Remotely | undefined
  /** Takes over while the screen is given back. */
  private lines: Renderer | undefined
  private history: History = new Map()
  private wasInterrupted = false
  /** Runs that were shown, and the one whose charts are. */
  private readonly shown: Array<string> = []
  private chartsOf: string | undefined
  /** Charts of a column that somebody chose: they stand before those of the run. */
  private chosenCharts: ReadonlyArray<ChartPane> = []
  private readonly loadedAt = new Map<View, number>()
  /** The person left by Ctrl-C or a signal. */
  get isInterrupted(): boolean {
    return this.wasInterrupted
  }
  private decide: ((next: Next) => void) | undefined
  private readonly write: (text: string) => unknown = process.stdout.write.bind(process.stdout)
  private readonly aside: (text: string) => unknown = process.stderr.write.bind(process.stderr)

  constructor(options: BoardOptions) {
    this.options = options
    const { display } = options
    this.project = options.project
    const views = Object.keys(viewPainters) as ReadonlyArray<View>
    const abilities: Abilities = {
      verbs: new Set(["run", "force", "retry", "cancel", "pause", "resume"] as const),
      line: options.line,
      views,
      readOnly: display.readOnly,
      themes: themeNames,
      production: productionOf(options.project.environment),
      ...(display.keymap === undefined ? {} : { keymap: display.keymap })
    }
    this.dashboard = new Dashboard({
      streams: { stdin: process.stdin, stdout: process.stdout, write: this.write },
      look: display.look,
      mouse: display.mouse,
      slow: display.slow,
      ...(display.preferences === undefined ? {} : { preferences: display.preferences }),
      remember: (preferences) => this.remember(preferences),
      abilities,
      history: new Map(),
      asked: (request, key) => this.asked(request, key),
      signalled: () => this.signalled(),
      failed: (error) => this.failed(error)
    })
  }
  /** `isPlanning`: a run was asked for already. */
  open(isPlanning = false): void {
    if (isPlanning) this.dashboard.follow(undefined, this.history, true)
    this.dashboard.open()
    if (this.project.configFile !== undefined) this.unwatch = watchConfig(this.project.configFile, () => void this.reload())
    const { complaint } = this.options.display
    if (complaint !== undefined) this.say(complaint, "warn")
    void this.load("overview")
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
    this.lines?.stop()
    this.lines = undefined
    this.dashboard.close()
  }
  /** Shows a recorded run as it ended. */
  show({ events, lines, log }: Recorded): void {
    this.dashboard.replay(recordingOf(events, lines), log)
    this.shown.push(this.dashboard.model.run)
    void this.load("overview")
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
        this.lines?.see(event)
      },
      say: (line) => {
        this.dashboard.say(oneLine(line), "warn")
        this.lines?.say(line)
      },
      stop: () => {
        this.lines?.stop()
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
    this.chartsOf = undefined
    void this.load("charts")
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
    this.shown.push(this.dashboard.model.run)
    this.chartsOf = undefined
    void this.load("charts")
    if (this.wasInterrupted || this.lines !== undefined || this.leavesNow) return { _tag: "Leave" }
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
        return this.lines === undefined ? this.toLines() : this.toScreen()
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
        return void this.load(request.view)
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

  private showCharts(charts: ReadonlyArray<ChartPane>, what: string): void {
    const own = (this.dashboard.desk.charts ?? []).slice(this.chosenCharts.length)
    this.chosenCharts = charts
    this.dashboard.setDesk({ charts: [...charts, ...own] })
    if (charts.length === 0) this.say(`${what} has no values`, "warn")
  }
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
      showCharts: (charts, what) => this.showCharts(charts, what)
    }
  }
  /** A save of the configuration: valid, it holds from the next run on; else the old one stays, and why is told. */
  private async reload(): Promise<void> {
    const before = this.project
    try {
      const after = await this.options.reload()
      const reload = reloadOf(before, after, Date.now())
      // Mended again: nothing is different from what is in force.
      if (reload.from === reload.to) return this.dashboard.setDesk({ reload: undefined })
      this.project = after
      this.loadedAt.clear()
      this.dashboard.setDesk({ reload, config: settingsOf(after, before), versions: await this.withNumber(after) })
      const paths = reload.changes.slice(0, 3).map(({ path }) => path)
      const more = reload.changes.length - paths.length
      this.say(`configuration reloaded, from the next run on: ${paths.join(", ")}${more > 0 ? ` and ${more} more` : ""}`, "good")
    } catch (error) {
      const reload = rejected(before, error, Date.now())
      this.dashboard.setDesk({ reload })
      this.say(`the saved configuration is not valid, the old one holds: ${reload.problems[0] ?? ""}`, "bad")
    }
  }
  /** The saved configuration gets its number now: from here on it is the one in force. */
  private async withNumber(project: Project): Promise<ReadonlyMap<string, number>> {
    const kept = await perform(keepConfig(project).pipe(Effect.orElseSucceed(() => undefined)))
    const { versions } = this.dashboard.desk
    return kept === undefined ? versions : new Map([...versions, [kept.hash, kept.number]])
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
    this.lines ??= plainRenderer(
      { columns: process.stderr.columns, rows: process.stderr.rows, write: (text) => this.aside(text) },
      {
        look: () => lookOf(process.stderr, process.env),
        live: isLive(process.stderr, process.env),
        detail: this.options.detail,
        history: this.history,
        model: this.dashboard.model
      }
    )
  }
  private toLines(): void {
    if (this.remotely !== undefined) return this.say("line by line: `tetra logs --follow`, beside this or instead", "warn")
    if (this.control === undefined) return this.say("no run is under way: q leaves", "warn")
    this.dashboard.toLines()
    this.startLines()
    this.lines?.say("line by line from here on; T goes back to the dashboard")
    return undefined
  }
  private toScreen(): void {
    this.lines?.stop()
    this.lines = undefined
    this.dashboard.toScreen()
  }
  private failed(error: unknown): void {
    this.startLines()
    const what = oneLine(error instanceof Error ? error.message : String(error))
    const file = writeDetails(error, process.argv.slice(2))
    const details = file === undefined ? "" : `; details: ${file}`
    this.lines?.say(`the dashboard cannot go on (${what}${details}); the run does, line by line`)
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
  /** Compared with the newest run before this one that is known. */
  private async loadCharts(): Promise<void> {
    const { run } = this.dashboard.model
    const before = this.shown.findLast((id) => id !== run)
    if (this.chartsOf === run) return
    this.chartsOf = run
    const own = run === "" ? [] : await this.source.charts(run, before)
    // Another run may be shown by now.
    if (this.chartsOf === run) this.dashboard.setDesk({ charts: [...this.chosenCharts, ...own] })
  }
  private async load(view: View): Promise<void> {
    try {
      if (view === "charts" || view === "overview") await this.loadCharts()
      await this.loadView(view)
    } catch (error) {
      this.say(oneLine(error instanceof Error ? error.message : String(error)), "bad")
    }
  }
  private async loadView(view: View): Promise<void> {
    const now = performance.now()
    const before = this.loadedAt.get(view)
    if (before !== undefined && now - before < (keptMs[view] ?? 0)) return
    this.loadedAt.set(view, now)
    // What was saved last stays marked.
    const { reload } = this.dashboard.desk
    if (view === "config" && reload !== undefined && reload.from !== reload.to) return
    this.dashboard.setDesk(await this.source.view(view))
  }
}
