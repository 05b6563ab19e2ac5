import type { Status } from "../domain/Names.ts"
import type { LiveEvent } from "../domain/RunEvent.ts"

/** `overall_progress` in percent (0 to 100), `elapsed_time` in seconds. */
export interface ProgressUpdate {
  readonly run: string
  readonly status: "running" | Status
  readonly progress: {
    readonly current_stage: string
    readonly overall_progress: number
    readonly elapsed_time: number
    readonly done?: number
    readonly total?: number
    readonly of?: string
    readonly message?: string
  }
}
/** Turns the events of a run into what a callback is told. */
class ProgressFold {
  readonly #nameOf: (stage: string) => string
  readonly #started = performance.now()
  #stages = 1
  #ended = 0
  #current = ""
  constructor(nameOf: (stage: string) => string) {
    this.#nameOf = nameOf
  }
  update(event: LiveEvent): ProgressUpdate | undefined {
    if (event._tag === "PlanFixed") this.#stages = Math.max(1, event.plan.stages.length)
    if (event._tag === "StageEnded") this.#ended++
    if ("stage" in event && event.stage !== undefined) this.#current = this.#nameOf(event.stage)
    const isTold =
      event._tag === "StageStarted" ||
      event._tag === "StageEnded" ||
      event._tag === "Progress" ||
      event._tag === "RunEnded" ||
      event._tag === "Log"
    if (!isTold) return undefined
    const { done, total, of } = event._tag === "Progress" ? event : { done: undefined, total: undefined, of: undefined }
    const inStage = done !== undefined && total !== undefined && total > 0 ? Math.min(1, done / total) : 0
    return {
      run: event.run,
      status: event._tag === "RunEnded" ? event.status : "running",
      progress: {
        current_stage: this.#current,
        overall_progress: 100 * Math.min(1, (this.#ended + inStage) / this.#stages),
        elapsed_time: (performance.now() - this.#started) / 1000,
        ...(done === undefined ? {} : { done }),
        ...(total === undefined ? {} : { total }),
        ...(of === undefined ? {} : { of }),
        ...(event._tag === "Log" ? { message: event.message } : {})
      }
    }
  }
}
type ProgressCallback = (update: ProgressUpdate) => void
const call = (callback: ProgressCallback, update: ProgressUpdate): void => {
  try {
    callback(update)
  } catch {
    // A callback never fails a run.
  }
}
/** Who is told how a run goes on. */
export class ProgressCallbacks {
  readonly #all = new Set<ProgressCallback>()
  /** Answers a function that removes it. */
  add(callback: ProgressCallback): () => void {
    this.#all.add(callback)
    return () => void this.#all.delete(callback)
  }
  /** What takes the events of one run. `nameOf`: what a stage is called, from `pipeline.stage`. */
  follow(nameOf: (stage: string) => string): (event: LiveEvent) => void {
    const fold = new ProgressFold(nameOf)
    return (event) => {
      const update = fold.update(event)
      if (update !== undefined) for (const callback of this.#all) call(callback, update)
    }
  }
}
