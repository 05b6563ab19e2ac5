/** What the mouse does. Everything that it does a key does, too. Pure. */
import { act } from "./act.ts"
import type { KeyEvent } from "./keys.ts"
import { move } from "./moving.ts"
import { updateOverlay } from "./overlays.ts"
import type { Surroundings, Updated } from "./Surroundings.ts"
import type { Ui } from "./Ui.ts"
import { only } from "./Updated.ts"

export type Pointing = Extract<KeyEvent, { readonly _tag: "Mouse" }>

const stepped = (ui: Ui, rows: number, around: Surroundings): Ui => {
  const to = rows < 0 ? -1 : 1
  let next = ui
  for (let n = 0; n < Math.abs(rows); n++) {
    const moved = move(next, "row", to, around)
    if (moved === next) break
    next = moved
  }
  return next
}
/** The wheel turns what is open, never further than a page at once, so that a wheel that spins on cannot run away. */
const wheel = (ui: Ui, by: number, around: Surroundings): Updated => {
  const rows = Math.max(-around.page, Math.min(around.page, by))
  if (ui.over._tag === "None") return only(ui.view === "graph" || ui.view === "charts" ? ui : stepped(ui, rows, around))
  let next: Updated = only(ui)
  const key = rows < 0 ? "up" : "down"
  // A palette takes `up` on its first row for what was typed before: the wheel only scrolls.
  for (let n = 0; n < Math.abs(rows); n++) {
    const { over } = next.ui
    if (over._tag === "Palette" && key === "up" && over.index === 0) break
    next = updateOverlay(next.ui, { _tag: "Key", key }, around, act)
  }
  return next
}
const press = (ui: Ui, { x, y }: Pointing, around: Surroundings): Updated => {
  const hit = around.hit(x, y)
  switch (hit?._tag) {
    case "View":
      return act(ui, { _tag: "Go", view: hit.view }, around)
    case "Stage":
      return ui.stage === hit.stage ? act(ui, { _tag: "Inspect" }, around) : only({ ...ui, stage: hit.stage })
    case "Border":
      return only({ ...ui, dragged: y })
    case "Rows": {
      const from = hit.from === undefined ? ui : move(ui, "all", hit.from === "first" ? -1 : 1, around)
      // A press on what is selected already opens it.
      return hit.by === 0 && hit.from === undefined ? act(ui, { _tag: "Open" }, around) : only(stepped(from, hit.by, around))
    }
    default:
      return only(ui)
  }
}
const drag = (ui: Ui, { y }: Pointing, around: Surroundings): Updated => {
  if (ui.dragged === undefined || y === ui.dragged) return only(ui)
  const by = ui.dragged > y ? 1 : -1
  let next: Updated = only(ui)
  for (let n = 0; n < Math.abs(ui.dragged - y); n++) next = act(next.ui, { _tag: "Resize", by }, around)
  return only({ ...next.ui, dragged: y })
}
export const point = (ui: Ui, event: Pointing, around: Surroundings): Updated => {
  if (event.act === "wheel") return wheel(ui, event.by, around)
  if (ui.over._tag !== "None") return only(ui)
  if (event.act === "press") return press(ui, event, around)
  if (event.act === "drag") return drag(ui, event, around)
  return ui.dragged === undefined ? only(ui) : only({ ...ui, dragged: undefined }, { _tag: "Remember" })
}
