import process from "node:process"
import type { RunModel } from "@tetra/tui/model"
import type { LiveEvent } from "../domain.ts"
import { writeDetails } from "../explain.ts"
import type { History } from "../output/estimate.ts"
import { isLive, lookOf } from "../output/plain/look.ts"
import { plainRenderer } from "../output/plain/PlainRenderer.ts"
import { oneLine } from "../output/plain/text.ts"
import type { Renderer } from "../output/Renderer.ts"
import type { BoardOptions } from "./BoardOptions.ts"

/** Why the screen is given back although nobody asked for it. The details are kept in a file. */
export const cannotGoOn = (error: unknown): string => {
  const what = oneLine(error instanceof Error ? error.message : String(error))
  const file = writeDetails(error, process.argv.slice(2))
  const details = file === undefined ? "" : `; details: ${file}`
  return `the dashboard cannot go on (${what}${details}); the run does, line by line`
}

/** The run line by line, while the screen is given back. */
export class LineMode {
  private readonly detail: BoardOptions["detail"]
  private readonly write: (text: string) => unknown = process.stderr.write.bind(process.stderr)
  private renderer: Renderer | undefined

  constructor(detail: BoardOptions["detail"]) {
    this.detail = detail
  }
  get isOn(): boolean {
    return this.renderer !== undefined
  }
  /** Goes on from what is known of the run. */
  start(model: RunModel, history: History): void {
    this.renderer ??= plainRenderer(
      { columns: process.stderr.columns, rows: process.stderr.rows, write: (text) => this.write(text) },
      {
        look: () => lookOf(process.stderr, process.env),
        live: isLive(process.stderr, process.env),
        detail: this.detail,
        history,
        model
      }
    )
  }
  see(event: LiveEvent): void {
    this.renderer?.see(event)
  }
  say(line: string): void {
    this.renderer?.say(line)
  }
  /** Closes the last line; it is still on. */
  stop(): void {
    this.renderer?.stop()
  }
  end(): void {
    this.stop()
    this.renderer = undefined
  }
}
