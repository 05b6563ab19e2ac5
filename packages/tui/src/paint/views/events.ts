import type { StoredEvent } from "@tetra/core/engine"
import { clockTime } from "../../model/amounts.ts"
import { jsonFacts } from "../../model/inspect.ts"
import { fillRows, type Painter, paintRow, paintSelected, type Row, span } from "../Painter.ts"
import { fit, padStart, safeLine } from "../text.ts"
import type { Look, Tone } from "../theme.ts"
import { topOf } from "./stages.ts"

export interface EventsModel {
  readonly rows: ReadonlyArray<{ readonly place: number; readonly event: StoredEvent }>
  /** Place under the cursor; undefined follows the newest. */
  readonly cursor: number | undefined
  readonly empty: string
  /** What a stage is called in its row. */
  readonly labelOf?: (stage: string) => string
}
const own = new Set(["_tag", "run", "seq", "at", "epoch", "v", "stage", "partition", "plan", "keyParts", "outputs", "artifacts"])
/** The telling fields of an event in one line. */
export const eventText = (event: StoredEvent): string => {
  const rest = Object.fromEntries(
    Object.entries(event).filter(([name, value]) => !own.has(name) && value !== undefined && value !== null)
  )
  return jsonFacts(rest)
    .flatMap((f) => (f._tag === "Fact" ? [`${f.name}=${f.value.replaceAll('"', "")}`] : []))
    .join(" ")
}
const toneOf = (event: StoredEvent): Tone => {
  if (event._tag === "AttemptFailed") return event.final ? "bad" : "warn"
  if (
    event._tag === "Warned" ||
    event._tag === "RetryScheduled" ||
    event._tag === "FallbackTried" ||
    event._tag === "AlertRaised"
  )
    return "warn"
  if (event._tag === "StageEnded" || event._tag === "RunEnded" || event._tag === "PipelineEnded")
    return event.status === "failed" ? "bad" : event.status === "completed" ? "good" : "plain"
  return "plain"
}
const rowOf = (event: StoredEvent, { labelOf }: EventsModel, width: number, look: Look): Row => {
  const stage = "stage" in event && event.stage !== undefined ? event.stage : "pipeline" in event ? event.pipeline : ""
  const unit = "partition" in event && event.partition !== null ? `[${event.partition}]` : ""
  const label = labelOf?.(stage) ?? stage
  const names = width >= 100 ? 32 : width >= 70 ? 20 : 0
  return [
    span(`${padStart(String(event.seq), 5)} `, "faint"),
    span(width >= 60 ? `${clockTime(event.at)} ` : "", "faint"),
    span(`${fit(event._tag, 17)} `, toneOf(event)),
    span(names === 0 ? "" : `${fit(safeLine(label + unit), names, look.glyphs.ellipsis)} `, "accent"),
    span(safeLine(eventText(event).slice(0, 600)), "faint")
  ]
}
/** The facts of the run as they were recorded, oldest first. */
export const paintEvents: Painter<EventsModel> = (model, size, look) => {
  if (model.rows.length === 0) return fillRows([paintRow([span(model.empty, "faint")], size.width, look)], size)
  const at =
    model.cursor === undefined ? model.rows.length - 1 : model.rows.findIndex(({ place }) => place >= (model.cursor ?? 0))
  const top =
    model.cursor === undefined ? Math.max(0, model.rows.length - size.height) : topOf(at, model.rows.length, size.height)
  const rows = model.rows.slice(top, top + size.height).map(({ event, place }) => {
    const row = rowOf(event, model, size.width, look)
    return place === model.cursor
      ? paintSelected([span(`${look.glyphs.pointer} `), ...row], size.width, look)
      : paintRow([span("  "), ...row], size.width, look)
  })
  return fillRows(rows, size)
}
