/** What keys change in the log: where the cursor goes, in memory and in the file, and how lines are shown. Pure. */
import { placeOf } from "../LogFilter.ts"
import type { Intent } from "../keymap.ts"
import { viewOfKeys } from "../panes.ts"
import { logLevels } from "./query.ts"
import { clamp, moved } from "../moved.ts"
import type { Surroundings, Updated } from "../Surroundings.ts"
import { nextOf, only, say } from "../Updated.ts"
import { type Command, type LogsUi, timeStyles, type Ui } from "../Ui.ts"

const withLogs = (ui: Ui, change: Partial<LogsUi>, ...commands: ReadonlyArray<Command>): Updated => ({
  ui: { ...ui, logs: { ...ui.logs, ...change } },
  commands
})
/** The newest lines again, as they come. */
const following: Partial<LogsUi> = { cursor: undefined, file: false, anchor: undefined }

/** Another run is shown: nothing that was said of the lines of the one before holds any more. */
export const atNewestLine = (ui: Ui): Ui => ({
  ...ui,
  logs: { ...ui.logs, ...following, top: 0, left: 0, open: new Set(), clearedTo: 0, markers: [] }
})

const scrolled = (ui: Ui, next: number, around: Surroundings): Partial<LogsUi> => {
  const { page, shown } = around
  const { logs } = ui
  const last = shown.length - 1
  const top = logs.cursor === undefined ? Math.max(0, last - page + 1) : Math.min(last, placeOf(shown, logs.top))
  return {
    cursor: shown[next],
    top: shown[clamp(clamp(top, next - page + 1, next), 0, last)] ?? 0,
    left: logs.cursor === undefined ? around.logEnd : logs.left
  }
}
export const moveLogs = (ui: Ui, by: "row" | "half" | "all", to: 1 | -1, around: Surroundings): Ui => {
  const { logMore, page, shown } = around
  const { logs } = ui
  if (by === "all" && to === 1) return { ...ui, logs: { ...logs, ...following } }
  const last = shown.length - 1
  if (last < 0 || (logs.cursor === undefined && to === 1)) return ui
  const at = logs.cursor === undefined ? last : Math.min(last, placeOf(shown, logs.cursor))
  const next = moved(at, shown.length, by, to, page)
  // A selection ends at the last line, and does not go on with the lines that come.
  const isEnd = next === last && to === 1 && !logMore.newer && logs.anchor === undefined
  return { ...ui, logs: { ...logs, ...(isEnd ? following : scrolled(ui, next, around)) } }
}
/** `gg` where the first line is in the file; undefined where it is in memory. */
export const toFirstLine = (
  ui: Ui,
  { by, to }: { readonly by: "row" | "half" | "all"; readonly to: 1 | -1 },
  { logMore }: Surroundings
): Updated | undefined =>
  ui.view === "logs" && by === "all" && to === -1 && logMore.older ? withLogs(ui, {}, { _tag: "ReadFile", at: 0 }) : undefined

/** What the file has beyond the lines that are shown, before the cursor comes to their edge. */
const reading = (logs: LogsUi, { logMore, page, shown }: Surroundings): ReadonlyArray<Command> => {
  const at = shown.length === 0 ? 0 : placeOf(shown, logs.cursor ?? Number.POSITIVE_INFINITY)
  if (logs.file && logMore.older && at < page * 2) return [{ _tag: "ReadOlder" }]
  if (logs.file && logMore.newer && at > shown.length - 1 - page * 2) return [{ _tag: "ReadNewer" }]
  const isAtTop = logs.cursor !== undefined && at === 0 && logs.anchor === undefined
  return !logs.file && logMore.older && isAtTop ? [{ _tag: "ReadFile", at: "cursor" }] : []
}
/** `after` with what it has to read: a stretch of the file was read for one filter, and another one needs it read anew. */
export const withReading = (before: Ui, after: Updated, around: Surroundings): Updated => {
  const { commands, ui } = after
  if (viewOfKeys(ui) !== "logs" || commands.some(({ _tag }) => _tag === "ReadFile")) return after
  const isFiltered = ui.logs.file && ui.logs.filter !== before.logs.filter
  const more: ReadonlyArray<Command> = isFiltered ? [{ _tag: "ReadFile", at: "cursor" }] : reading(ui.logs, around)
  return more.length === 0 ? after : { ui, commands: [...commands, ...more] }
}

/** The next or previous match: in the whole file where it was searched, else in what is in memory. */
export const findInLogs = (ui: Ui, to: 1 | -1, around: Surroundings): Updated => {
  const { found, shown } = around
  const { filter, cursor } = ui.logs
  if (filter.text === "") return only(say(ui, "search first: /"))
  const left = cursor === undefined ? around.logEnd : ui.logs.left
  const inFile = around.fileMatch(to)
  if (inFile !== undefined) {
    const isHere = ui.logs.file && shown[placeOf(shown, inFile)] === inFile
    const top = isHere ? (shown[Math.max(0, placeOf(shown, inFile) - Math.floor(around.page / 2))] ?? 0) : 0
    return isHere ? withLogs(ui, { cursor: inFile, top }) : withLogs(ui, {}, { _tag: "ReadFile", at: inFile })
  }
  if (found.length === 0) return only(say(ui, `no line has "${filter.text}"`, "warn"))
  const from = cursor ?? around.logEnd
  const at = placeOf(found, from)
  const index = to === 1 ? (found[at] === from ? at + 1 : at) : at - 1
  const place = found[(index + found.length) % found.length]
  const above = shown[Math.max(0, placeOf(shown, place ?? 0) - Math.floor(around.page / 2))]
  return withLogs(ui, { cursor: place, left, top: above ?? 0 })
}

/** Escape in the log takes back one thing: the selection, the filter, the clearing, and last the place in the file. */
export const backInLogs = (ui: Ui): Updated | undefined => {
  const { anchor, clearedTo, cursor, file, filter } = ui.logs
  if (anchor !== undefined) return withLogs(ui, { anchor: undefined })
  if (filter.text !== "" || filter.stages.length > 0) return withLogs(ui, { filter: { ...filter, text: "", stages: [] } })
  if (clearedTo > 0) return withLogs(ui, { clearedTo: 0 })
  return file || cursor !== undefined ? withLogs(ui, following) : undefined
}
type LogTag = Extract<
  Intent["_tag"],
  | "ToggleHighlight"
  | "Wrap"
  | "Times"
  | "Level"
  | "ClearLog"
  | "Marker"
  | "SaveLines"
  | "SelectLines"
  | "Pretty"
  | "NextMatch"
  | "PreviousMatch"
>
export const actLogs = (ui: Ui, tag: LogTag, around: Surroundings): Updated => {
  const { anchor, cursor, filter, markers, pretty, time, wrap } = ui.logs
  switch (tag) {
    case "NextMatch":
      return findInLogs(ui, 1, around)
    case "PreviousMatch":
      return findInLogs(ui, -1, around)
    case "ToggleHighlight":
      return withLogs(ui, { filter: { ...filter, highlight: !filter.highlight } })
    case "Wrap":
      return withLogs(ui, { wrap: !wrap, shift: 0 })
    case "Times":
      return withLogs(ui, { time: nextOf(timeStyles, time) })
    case "Level":
      return withLogs(ui, { filter: { ...filter, level: nextOf(logLevels, filter.level) } })
    case "Pretty":
      return withLogs(ui, { pretty: !pretty })
    case "Marker":
      return withLogs(ui, { markers: [...markers, around.now] })
    case "SaveLines":
      return { ui: { ...ui, over: { _tag: "Save", text: around.savePath } }, commands: [] }
    case "SelectLines": {
      const place = cursor ?? around.shown.at(-1)
      if (anchor !== undefined || place === undefined) return withLogs(ui, { anchor: undefined })
      return withLogs(ui, { ...scrolled(ui, placeOf(around.shown, place), around), anchor: place })
    }
    default:
      return withLogs(ui, { ...following, clearedTo: ui.logs.file ? around.liveEnd : around.logEnd })
  }
}
