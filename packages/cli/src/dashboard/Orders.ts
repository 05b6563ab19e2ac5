import type { Dashboard } from "@tetra/tui"
import type { Remotely, RunControl } from "./BoardOptions.ts"

/** Orders to the run that is shown: to the engine of this process, or to the server that has it. Each is told on the dashboard. */
export class Orders {
  private readonly dashboard: Dashboard
  /** Of the run that is under way here. */
  control: RunControl | undefined
  remotely: Remotely | undefined

  constructor(dashboard: Dashboard) {
    this.dashboard = dashboard
  }
  accept(key: string): void {
    this.dashboard.answer(key, "accepted")
  }
  refuse(key: string, reason: string): void {
    this.dashboard.answer(key, "refused", reason)
  }
  detach(): void {
    if (this.control?.detach === undefined) return this.dashboard.say("the server has not begun the run yet", "warn")
    return this.control.detach()
  }
  give(what: "cancel" | "pause" | "resume", key: string): void {
    if (this.remotely !== undefined) return this.remotely.order(what, key)
    if (this.control === undefined) return this.refuse(key, "nothing is running any more")
    this.accept(key)
    return this.control[what]()
  }
}
