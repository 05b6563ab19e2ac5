/** Several panes on one screen: which of them the keys are for. Pure. */
import type { Intent } from "./keymap.ts"
import type { Surroundings, Updated } from "./Surroundings.ts"
import type { Ui, View } from "./Ui.ts"
import { nextOf, only } from "./Updated.ts"

/** The view whose keys hold: that of the focused pane. */
export const viewOfKeys = ({ pane, view }: Ui): View => pane ?? view

/** What is of the whole screen, whichever pane has the keys. */
const ofScreen: ReadonlySet<Intent["_tag"]> = new Set<Intent["_tag"]>([
  "Go",
  "Cycle",
  "Maximise",
  "Frames",
  "Resize",
  "Quit",
  "Interrupt",
  "LineMode",
  "Redraw",
  "Suspend"
])
/** Does `act` as if the focused pane were the view, and comes back to the view unless the key led elsewhere. */
export const inPane = (ui: Ui, intent: Intent, act: (ui: Ui) => Updated): Updated => {
  const { pane, view } = ui
  if (pane === undefined || ofScreen.has(intent._tag)) return act(ui)
  const { commands, ui: next } = act({ ...ui, view: pane, pane: undefined })
  if (next.view === pane) return { ui: { ...next, view, pane }, commands }
  // `esc` that leaves the pane leads to the first one; any other way out is one from the view that is shown.
  if (intent._tag === "Back") return only({ ...ui, pane: undefined })
  const trail = next.trail.map((crumb, i) => (i === next.trail.length - 1 && crumb.view === pane ? { ...crumb, view } : crumb))
  return { ui: { ...next, trail }, commands }
}
/** The next or previous pane; undefined where there is only one. */
export const nextPane = (ui: Ui, by: 1 | -1, { panes }: Surroundings): Ui | undefined => {
  if (panes.length < 2) return undefined
  const next = nextOf(panes, viewOfKeys(ui), by)
  return { ...ui, pane: next === ui.view ? undefined : next }
}
