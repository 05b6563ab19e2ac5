/** Watches the files of the project that the dashboard shows, and takes what is saved; in `tetra dev` it says which pipelines have to run again. */
import { filesOf, type Project } from "@tetra/core/engine"
import type { Dashboard, Problem } from "@tetra/tui"
import { isEnded } from "@tetra/tui/model"
import { oneLine } from "../output/plain/text.ts"
import type { BoardOptions, Developing } from "./BoardOptions.ts"
import { reloadConfig } from "./reloadConfig.ts"

export interface ReloadingOptions extends Pick<BoardOptions, "reload" | "developing"> {
  readonly dashboard: Dashboard
  /** In force at first. */
  readonly project: Project
  /** A save was taken. */
  readonly taken: () => void
  /** These pipelines have to run again. */
  readonly again: (only: ReadonlyArray<string>) => void
}
export class Reloading {
  private readonly options: ReloadingOptions
  private readonly developing: Developing | undefined
  /** In force from the next run on: a valid save replaces it. */
  project: Project
  private unwatch: () => void = () => undefined
  private isClosed = false

  constructor(options: ReloadingOptions) {
    this.options = options
    this.project = options.project
    this.developing = options.developing?.((errors) => this.tellTypes(errors))
  }
  /** What watches is loaded when the screen stands: nobody waits for it. */
  async watch(): Promise<void> {
    const { watchFiles } = await import("@tetra/daemon/reload")
    if (this.isClosed || this.project.configFile === undefined) return
    const saved = async (): Promise<void> => {
      await this.reload()
      watching.refresh(filesOf(this.project))
    }
    const watching = watchFiles(filesOf(this.project), saved, this.developing?.watch)
    this.unwatch = watching.close
    // Whoever develops may have saved something since it was read.
    if (this.developing !== undefined) watching.again()
  }
  close(): void {
    this.isClosed = true
    this.unwatch()
    this.developing?.check.stop()
  }
  private async reload(): Promise<void> {
    this.developing?.check.start()
    const before = this.project
    const after = await reloadConfig(this.options.dashboard, before, this.options.reload)
    if (after === undefined) return
    this.project = after
    this.options.taken()
    await this.rerun(before, after)
  }
  private async rerun(before: Project, after: Project): Promise<void> {
    const { dashboard } = this.options
    const { status } = dashboard.model
    try {
      const only = await this.developing?.affected(before, after, isEnded(status) && status !== "completed")
      if (only !== undefined && only.length > 0) this.options.again(only)
    } catch (error) {
      dashboard.say(oneLine(error instanceof Error ? error.message : String(error)), "bad")
    }
  }
  private tellTypes(typeErrors: ReadonlyArray<Problem>): void {
    const { dashboard } = this.options
    const [first] = typeErrors
    dashboard.setDesk({ typeErrors })
    if (first === undefined) dashboard.say("no type errors any more", "good")
    else
      dashboard.say(
        `${typeErrors.length === 1 ? "a type error" : `${typeErrors.length} type errors`} (9 shows where): ${first.text}`,
        "warn"
      )
  }
}
