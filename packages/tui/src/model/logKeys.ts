/** Keys of the logs view. */
import { logLevels, placeOf } from "./LogFilter.ts"
import type { Surroundings, Updated } from "./Surroundings.ts"
import { timeStyles, type Ui } from "./Ui.ts"
import { nextOf, only, say } from "./Updated.ts"

const findNext = (ui: Ui, to: 1 | -1, around: Surroundings): Ui => {
  if (ui.view === "graph") return { ...ui, stage: around.graphMatch(to) ?? ui.stage }
  const { found } = around
  if (ui.logs.filter.text === "") return say(ui, "search first: /")
  if (found.length === 0) return say(ui, `no line has "${ui.logs.filter.text}"`, "warn")
  const from = ui.logs.cursor ?? around.logEnd
  const at = placeOf(found, from)
  const index = to === 1 ? (found[at] === from ? at + 1 : at) : at - 1
  const place = found[(index + found.length) % found.length]
  const left = ui.logs.cursor === undefined ? around.logEnd : ui.logs.left
  const above = around.shown[Math.max(0, placeOf(around.shown, place ?? 0) - Math.floor(around.page / 2))]
  return { ...ui, logs: { ...ui.logs, cursor: place, left, top: above ?? 0 } }
}
const logSetting = (ui: Ui, change: Partial<Ui["logs"]>): Updated => only({ ...ui, logs: { ...ui.logs, ...change } })

export const actLogs = (
  ui: Ui,
  tag: "NextMatch" | "PreviousMatch" | "ToggleHighlight" | "Wrap" | "Times" | "Level" | "ClearLog",
  around: Surroundings
): Updated => {
  const { filter, time, wrap } = ui.logs
  switch (tag) {
    case "NextMatch":
      return only(findNext(ui, 1, around))
    case "PreviousMatch":
      return only(findNext(ui, -1, around))
    case "ToggleHighlight":
      return logSetting(ui, { filter: { ...filter, highlight: !filter.highlight } })
    case "Wrap":
      return logSetting(ui, { wrap: !wrap, shift: 0 })
    case "Times":
      return logSetting(ui, { time: nextOf(timeStyles, time) })
    case "Level":
      return logSetting(ui, { filter: { ...filter, level: nextOf(logLevels, filter.level) } })
    default:
      return logSetting(ui, { clearedTo: around.logEnd, cursor: undefined })
  }
}
