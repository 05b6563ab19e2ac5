/** Header and footer: one row each. */
import { stopwatch } from "../model/amounts.ts"
import type { Binding } from "../model/keymap.ts"
import { offered } from "../model/offered.ts"
import { viewOfKeys } from "../model/panes.ts"
import { refusalOf } from "../model/questions.ts"
import { alertsOf, headOf, isActive, isStale, openAlerts, type RunHead, type Scene } from "../model/Scene.ts"
import type { Desk } from "../model/World.ts"
import { secondsLeft } from "../model/toasts.ts"
import { type Overlay, type View, viewTitles, views } from "../model/Ui.ts"
import { percent } from "./bar.ts"
import { ends, type Row, rowWidth, type Span, span } from "./Painter.ts"
import { safeLine } from "./text.ts"
import { scheduleView } from "./viewModels.ts"
import { glyphOf, type Look, toneOf } from "./theme.ts"

/** Time between two frames of the spinner. */
const spinMs = 250

const linkText = ({ world: { link } }: Scene): Span => {
  if (link._tag === "InProcess") return span(link.inServer === true ? "in the server" : "in-process", "good")
  if (link._tag === "Attached") {
    if (link.state === "live") return span("live", "good")
    return span(link.state === "connecting" ? "connecting" : `reconnecting, ${stopwatch(link.ageMs)} old`, "warn")
  }
  const how = link.position >= link.total ? "end" : link.playing ? `x${link.speed}` : "paused"
  return span(`replay ${link.position}/${link.total} ${how}`, "warn")
}
const stateMark = (head: RunHead, scene: Scene, look: Look): string =>
  head.mark === "running" && scene.world.link._tag !== "Replay" && !isStale(scene.world)
    ? (look.glyphs.spinner[Math.floor(scene.now / spinMs) % look.glyphs.spinner.length] ?? "")
    : glyphOf(look, head.mark)
/** How much of the names of the views the header has room for; `apart`: the name of the own one, and spaces between the keys. */
type Names = "all" | "apart" | "own" | "none"
const tabs = (scene: Scene, names: Names): Row =>
  shownViews(scene).flatMap((view): Row => {
    const key = String((views.indexOf(view) + 1) % 10)
    const isShown = view === scene.ui.view
    const name = names === "all" || (names !== "none" && isShown) ? ` ${viewTitles[view]}` : ""
    if (isShown) return [span(`[${key}${name}]`, "strong")]
    return [span(names === "all" || names === "apart" ? ` ${key}${name} ` : key, "faint")]
  })

const versionText = (hash: string, numbers: Desk["versions"]): string => {
  const number = numbers.get(hash)
  return number === undefined ? hash.slice(0, 7) : `r${number}`
}
/** The configuration of the run; and the one that holds from the next run on, when it was saved meanwhile. */
const configPart = ({ world: { configVersion, desk } }: Scene, width: number, bar: Span): Row => {
  const saved = desk.reload !== undefined && desk.reload.from !== desk.reload.to ? desk.reload.to : undefined
  const own = configVersion ?? desk.reload?.from
  if (own === undefined || width < (saved === undefined ? 130 : 100)) return []
  const text = `cfg ${versionText(own, desk.versions)}`
  if (saved === undefined || saved === own) return [bar, span(text, "faint")]
  return [bar, span(`${text} -> ${versionText(saved, desk.versions)}`, "warn")]
}
/** What the header says at the left. */
const headParts = (scene: Scene, width: number, look: Look): Row => {
  const head = headOf(scene)
  const bar = span(` ${look.glyphs.bar} `, "faint")
  const small = width < 100
  const counts = head.counts.flatMap(([mark, n]): Row => [span(`${glyphOf(look, mark)}${n} `, toneOf(mark))])
  const eta = head.remaining === undefined ? [] : [bar, span(`ETA ~${stopwatch(head.remaining)}`, "plain")]
  const { production } = scene.abilities
  return [
    span(" TETRA ", "title"),
    ...(production === undefined ? [] : [span(` ${production.toUpperCase()} `, "selected"), span(" ")]),
    span(head.id === "" ? "" : `${width < 60 ? "" : `${safeLine(head.mode)} `}#${head.id.slice(-6)} `, "strong"),
    span(`${stateMark(head, scene, look)} ${head.word}`, toneOf(head.mark)),
    span(head.share === undefined ? "" : ` ${percent(head.share)}`, "plain"),
    bar,
    ...(small && !isStale(scene.world) ? [] : [linkText(scene), bar]),
    ...counts,
    ...eta,
    ...configPart(scene, width, bar),
    ...(scene.abilities.readOnly ? [bar, span("read-only", "warn")] : [])
  ]
}
export const paintHeader = (scene: Scene, width: number, look: Look): string => {
  const parts = headParts(scene, width, look)
  // Where there is no room for all views, the state of the run comes first.
  if (width < 60)
    return ends(
      parts,
      tabs(scene, "none").filter(({ tone }) => tone === "strong"),
      width,
      look
    )
  return ends(parts, [span(" "), ...tabsFor(scene, width, rowWidth(parts)), span(" ")], width, look)
}
const tabsFor = (scene: Scene, width: number, used: number): Row => {
  const fitting = (["all", "apart", "own"] as const)
    .map((names) => tabs(scene, names))
    .find((row) => used + rowWidth(row) + 2 <= width)
  return fitting ?? tabs(scene, "none")
}
/** The view whose tab stands in this column of the header. */
export const viewAt = (scene: Scene, width: number, x: number, look: Look): View | undefined => {
  if (width < 60) return undefined
  const row = tabsFor(scene, width, rowWidth(headParts(scene, width, look)))
  let left = width - 1 - rowWidth(row)
  for (const [i, one] of row.entries()) {
    const right = left + rowWidth([one])
    if (x >= left && x < right) return shownViews(scene)[i]
    left = right
  }
  return undefined
}
const shownViews = (scene: Scene): ReadonlyArray<View> => views.filter((view) => scene.abilities.views.includes(view))
const keyName: Readonly<Record<string, string>> = { enter: "enter", space: "space", tab: "tab", esc: "esc" }

/** What the keys do while a dialog is open. */
const dialogKeys: Readonly<Partial<Record<Overlay["_tag"], ReadonlyArray<readonly [string, string]>>>> = {
  Inspect: [
    ["esc", "back"],
    ["j k", "scroll"],
    ["L", "logs"],
    ["Y", "copy"]
  ],
  Tree: [
    ["esc", "back"],
    ["j k", "move"],
    ["enter", "fold"],
    ["y", "copy"],
    ["Y", "copy all"]
  ],
  Help: [
    ["esc", "back"],
    ["up down", "scroll"],
    ["letters", "search"]
  ],
  Palette: [
    ["esc", "back"],
    ["up down", "choose"],
    ["enter", "do it"]
  ],
  Columns: [
    ["esc", "back"],
    ["up down", "choose"],
    ["enter", "draw"]
  ],
  Stages: [
    ["esc", "back"],
    ["space", "choose"],
    ["enter", "show"]
  ],
  Confirm: [["esc", "leave it"]],
  Choose: [["esc", "back"]],
  SavePath: [
    ["enter", "save"],
    ["esc", "leave it"]
  ]
}

/** A command that can still be taken back, what was just said, what is wrong, or the way back: the first of them that there is. */
const said = (scene: Scene, look: Look): Row => {
  const { grace, message, trail } = scene.ui
  if (grace !== undefined) {
    const left = secondsLeft(grace, scene.clock)
    const bar = look.glyphs.full.repeat(left) + look.glyphs.empty.repeat(Math.max(0, 3 - left))
    return [span(` ${grace.label} in ${left} s ${bar} `, "warn"), span("u", "strong"), span(" takes it back", "faint")]
  }
  if (message !== undefined) return [span(` ${safeLine(message.text)}`, message.tone === "plain" ? "strong" : message.tone)]
  // What is merely worth knowing stands in the views: it does not take the place of the keys.
  const alerts = openAlerts(scene).filter(({ severity }) => severity !== "low")
  const [alert] = alerts
  if (alert !== undefined) {
    const many = alerts.length > 1 ? `${alerts.length} alerts: ` : ""
    return [span(` ${glyphOf(look, alert.mark)} ${many}${safeLine(alert.text)}`, toneOf(alert.mark))]
  }
  const before = trail.at(-1)
  return before === undefined ? [] : [span(" esc", "strong"), span(` ${viewTitles[before.view]}  `, "faint")]
}
/** Verbs that would be refused now have no place at the bottom; help and palette tell why. */
const isTimely = (scene: Scene, { intent }: Binding): boolean => {
  if (intent._tag === "Ask") return refusalOf(scene, intent.verb, intent.of) === undefined
  const view = viewOfKeys(scene.ui)
  if (intent._tag === "Cycle") return scene.ui.view === "overview" || scene.ui.view === "stages"
  if (intent._tag === "Move") return view === "logs" || view === "events"
  if (intent._tag !== "View") return true
  if (intent.act === "pause") return view === "schedule" || isActive(scene.world)
  if (intent.act === "acknowledge") return alertsOf(scene).length > 0
  return true
}
/** What a key is called at the bottom. */
const footWord = (scene: Scene, { foot, intent }: Binding): string => {
  const { ui, world } = scene
  if (intent._tag !== "View" || intent.act !== "pause") return foot?.[1] ?? ""
  if (ui.view !== "schedule") return world.run.paused === undefined ? "pause" : "resume"
  const { rows } = scheduleView(scene)
  const selected = rows.find(({ id }) => id === ui.lists.schedule.cursor) ?? rows[0]
  return selected?.paused === undefined ? "pause" : "resume"
}
/** The most useful keys of the view, or what was just said. */
export const paintFooter = (scene: Scene, width: number, look: Look): string => {
  const own = dialogKeys[scene.ui.over._tag]
  if (own !== undefined)
    return ends(
      scene.ui.message === undefined ? [] : said(scene, look),
      [...own.flatMap(([key, word]) => [span(` ${key}`, "strong"), span(` ${word} `, "faint")]), span(" ")],
      width,
      look
    )
  const left = said(scene, look)
  const room = Math.max(0, width - Math.min(rowWidth(left), Math.floor(width * 0.55)))
  const keys: Array<Span> = []
  const bindings = offered(scene)
    .filter((binding) => binding.foot !== undefined && isTimely(scene, binding))
    .toSorted((a, b) => (a.foot?.[0] ?? 0) - (b.foot?.[0] ?? 0))
  // `?` and `q` are always there: they lead to everything else.
  const always = bindings.filter(({ keys: [key] }) => key === "?" || key === "q")
  const list = [...bindings.filter((b) => !always.includes(b)), ...always]
  let used = always.reduce((sum, b) => sum + keyCells(b), 1)
  for (const binding of list) {
    const isAlways = always.includes(binding)
    if (!isAlways && used + keyCells(binding) > room) continue
    if (!isAlways) used += keyCells(binding)
    const [key = ""] = binding.keys
    keys.push(span(` ${keyName[key] ?? key}`, "strong"), span(` ${footWord(scene, binding)} `, "faint"))
  }
  return ends(left, [...keys, span(" ")], width, look)
}
const keyCells = (binding: { readonly keys: ReadonlyArray<string>; readonly foot?: readonly [number, string] }): number =>
  (keyName[binding.keys[0] ?? ""] ?? binding.keys[0] ?? "").length + (binding.foot?.[1].length ?? 0) + 3
