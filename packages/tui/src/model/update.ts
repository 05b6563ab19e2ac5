/** What a key changes. Pure: the surroundings are what the person sees at that moment; effects are answered as commands. */
import { act } from "./act.ts"
import { beginsSequence, bindingOf } from "./keymap.ts"
import type { KeyEvent } from "./keys.ts"
import { withReading } from "./logs/updateLogs.ts"
import { point } from "./pointing.ts"
import { updateOverlay } from "./overlays.ts"
import { inPane, viewOfKeys } from "./panes.ts"
import type { Surroundings, Updated } from "./Surroundings.ts"
import type { Overlay, Ui } from "./Ui.ts"
import { only, say } from "./Updated.ts"

const none: Overlay = { _tag: "None" }
/** One key, paste or change of focus. */
export const update = (ui: Ui, event: KeyEvent, around: Surroundings): Updated =>
  withReading(ui, changed(ui, event, around), around)

const changed = (ui: Ui, event: KeyEvent, around: Surroundings): Updated => {
  if (event._tag === "Focus") return only(ui)
  // A finger on the wheel is no answer: what was said stays.
  if (event._tag === "Mouse") return point(ui, event, around)
  const fresh = ui.message === undefined ? ui : { ...ui, message: undefined }
  // Ctrl-C works in every dialog, so that nobody is ever caught in one.
  if (event._tag === "Key" && event.key === "C-c")
    return act({ ...fresh, over: none, pending: "" }, { _tag: "Interrupt" }, around)
  if (fresh.over._tag !== "None") return updateOverlay(fresh, event, around, act)
  if (event._tag === "Paste") return only(say(fresh, "nothing here takes text: press / to filter, : for commands"))
  return browse(fresh, event.key, around)
}

const browse = (shown: Ui, pressed: string, around: Surroundings): Updated => {
  // A pane that the screen has no room for any more has no keys either.
  const ui: Ui = shown.pane === undefined || around.panes.includes(shown.pane) ? shown : { ...shown, pane: undefined }
  const view = viewOfKeys(ui)
  const sequence = ui.pending + pressed
  const settled: Ui = ui.pending === "" ? ui : { ...ui, pending: "" }
  const binding = bindingOf(sequence, view, around.replay, around.keymap)
  if (binding !== undefined) return inPane(settled, binding.intent, (one) => act(one, binding.intent, around))
  if (ui.pending === "" && beginsSequence(pressed, view, around.replay, around.keymap)) return only({ ...ui, pending: pressed })
  return ui.pending === "" ? only(ui) : browse(settled, pressed, around)
}
