import type { ChartPane, Dashboard, View } from "@tetra/tui"
import { oneLine } from "../output/plain/text.ts"
import type { Source } from "./source.ts"

/** How long what was looked up for a view is good enough, where looking it up costs time. */
const keptMs: Readonly<Partial<Record<View, number>>> = { overview: 60_000, schedule: 60_000, config: 60_000 }

/** Looks up what stands beside the run: what a view needs when it is opened, and the charts of the run that is shown. */
export class DeskLoading {
  private readonly dashboard: Dashboard
  private readonly source: () => Source
  /** Runs that were shown, and the one whose charts are. */
  private readonly shown: Array<string> = []
  private chartsOf: string | undefined
  /** Charts of a column that somebody chose: they stand before those of the run. */
  private chosenCharts: ReadonlyArray<ChartPane> = []
  private readonly loadedAt = new Map<View, number>()

  constructor(dashboard: Dashboard, source: () => Source) {
    this.dashboard = dashboard
    this.source = source
  }
  /** Another run is shown. */
  turned(): void {
    this.shown.push(this.dashboard.model.run)
  }
  /** The run is over: it has charts now, and stands in the history. */
  ended(): void {
    this.again()
  }
  /** Looks everything up again that is on the screen. */
  again(): void {
    this.chartsOf = undefined
    this.forget()
    void this.load("charts")
    if (this.dashboard.view !== "charts") void this.load(this.dashboard.view)
  }
  /** Nothing that was looked up holds any more. */
  forget(): void {
    this.loadedAt.clear()
  }
  showCharts(charts: ReadonlyArray<ChartPane>, what: string): void {
    const own = (this.dashboard.desk.charts ?? []).slice(this.chosenCharts.length)
    this.chosenCharts = charts
    this.dashboard.setDesk({ charts: [...charts, ...own] })
    if (charts.length === 0) this.dashboard.say(`${what} has no values`, "warn")
  }
  async load(view: View): Promise<void> {
    try {
      if (view === "charts" || view === "overview") await this.loadCharts()
      await this.loadView(view)
    } catch (error) {
      this.loadedAt.delete(view)
      this.dashboard.say(oneLine(error instanceof Error ? error.message : String(error)), "bad")
    }
  }
  /** Compared with the newest run before this one that is known. */
  private async loadCharts(): Promise<void> {
    const { run } = this.dashboard.model
    const before = this.shown.findLast((id) => id !== run)
    if (this.chartsOf === run) return
    this.chartsOf = run
    const own = run === "" ? [] : await this.source().charts(run, before)
    // Another run may be shown by now.
    if (this.chartsOf === run) this.dashboard.setDesk({ charts: [...this.chosenCharts, ...own] })
  }
  private async loadView(view: View): Promise<void> {
    const now = performance.now()
    const before = this.loadedAt.get(view)
    if (before !== undefined && now - before < (keptMs[view] ?? 0)) return
    this.loadedAt.set(view, now)
    // What was saved last stays marked.
    const { reload } = this.dashboard.desk
    if (view === "config" && reload !== undefined && reload.from !== reload.to) return
    this.dashboard.setDesk(await this.source().view(view))
  }
}
