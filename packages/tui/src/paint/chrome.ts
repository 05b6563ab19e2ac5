/** Header and footer: one row each. */
import { stopwatch } from "../model/amounts.ts"
import { bindingsIn } from "../model/keymap.ts"
import { headOf, openAlerts, type RunHead, type Scene } from "../model/Scene.ts"
import { type Overlay, viewTitles, views } from "../model/Ui.ts"
import { percent } from "./bar.ts"
import { ends, type Row, rowWidth, type Span, span } from "./Painter.ts"
import { safeLine } from "./text.ts"
import { glyphOf, type Look, toneOf } from "./theme.ts"

/** Time between two frames of the spinner. */
const spinMs = 250

const linkText = ({ world: { link } }: Scene): Span => {
  if (link._tag === "InProcess") return span("in-process", "good")
  const how = link.position >= link.total ? "end" : link.playing ? `x${link.speed}` : "paused"
  return span(`replay ${link.position}/${link.total} ${how}`, "warn")
}
const stateMark = (head: RunHead, scene: Scene, look: Look): string =>
  head.mark === "running" && scene.world.link._tag === "InProcess"
    ? (look.glyphs.spinner[Math.floor(scene.now / spinMs) % look.glyphs.spinner.length] ?? "")
    : glyphOf(look, head.mark)
const tabs = (scene: Scene, wide: boolean): Row =>
  views
    .filter((view) => scene.abilities.views.includes(view))
    .flatMap((view): Row => {
      const key = String((views.indexOf(view) + 1) % 10)
      const name = wide ? ` ${viewTitles[view]}` : ""
      return view === scene.ui.view
        ? [span(`[${key}${wide ? name : ""}]`, "strong")]
        : [span(wide ? ` ${key}${name} ` : key, "faint")]
    })

export const paintHeader = (scene: Scene, width: number, look: Look): string => {
  const head = headOf(scene)
  const bar = span(` ${look.glyphs.bar} `, "faint")
  const small = width < 100
  const counts = head.counts.flatMap(([mark, n]): Row => [span(`${glyphOf(look, mark)}${n} `, toneOf(mark))])
  const eta = head.remaining === undefined ? [] : [bar, span(`ETA ~${stopwatch(head.remaining)}`, "plain")]
  const parts: Row = [
    span(" TETRA ", "title"),
    span(head.id === "" ? "" : `${width < 60 ? "" : `${safeLine(head.mode)} `}#${head.id.slice(-6)} `, "strong"),
    span(`${stateMark(head, scene, look)} ${head.word}`, toneOf(head.mark)),
    span(head.share === undefined ? "" : ` ${percent(head.share)}`, "plain"),
    bar,
    ...(small ? [] : [linkText(scene), bar]),
    ...counts,
    ...eta,
    ...(width < 130 || scene.world.configVersion === undefined
      ? []
      : [bar, span(`cfg ${scene.world.configVersion.slice(0, 7)}`, "faint")]),
    ...(scene.abilities.readOnly ? [bar, span("read-only", "warn")] : [])
  ]
  const wide = tabs(scene, true)
  // Where there is no room for all views, the state of the run comes first.
  if (width < 60)
    return ends(
      parts,
      tabs(scene, false).filter(({ tone }) => tone === "strong"),
      width,
      look
    )
  const right = rowWidth(parts) + rowWidth(wide) + 2 <= width ? wide : tabs(scene, false)
  return ends(parts, [span(" "), ...right, span(" ")], width, look)
}
const keyName: Readonly<Record<string, string>> = { enter: "enter", space: "space", tab: "tab", esc: "esc" }

/** What the keys do while a dialog is open. */
const dialogKeys: Readonly<Partial<Record<Overlay["_tag"], ReadonlyArray<readonly [string, string]>>>> = {
  Inspect: [
    ["esc", "back"],
    ["j k", "scroll"],
    ["L", "logs"],
    ["Y", "copy"]
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

/** The most useful keys of the view, or what was just said. */
export const paintFooter = (scene: Scene, width: number, look: Look): string => {
  const own = dialogKeys[scene.ui.over._tag]
  if (own !== undefined)
    return ends(
      [],
      [...own.flatMap(([key, word]) => [span(` ${key}`, "strong"), span(` ${word} `, "faint")]), span(" ")],
      width,
      look
    )
  const { message, view } = scene.ui
  const alerts = openAlerts(scene)
  const alert = alerts[0]
  const left: Row =
    message !== undefined
      ? [span(` ${safeLine(message.text)}`, message.tone === "plain" ? "strong" : message.tone)]
      : alert === undefined
        ? []
        : [
            span(
              ` ${glyphOf(look, alert.mark)} ${alerts.length > 1 ? `${alerts.length} alerts: ` : ""}${safeLine(alert.text)}`,
              toneOf(alert.mark)
            )
          ]
  const room = Math.max(0, width - Math.min(rowWidth(left), Math.floor(width * 0.55)))
  const keys: Array<Span> = []
  const bindings = bindingsIn(view, scene.world.link._tag === "Replay")
    .filter(
      ({ foot, intent }) =>
        foot !== undefined && (intent._tag !== "Ask" || (scene.abilities.verbs.has(intent.verb) && !scene.abilities.readOnly))
    )
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
    keys.push(span(` ${keyName[key] ?? key}`, "strong"), span(` ${binding.foot?.[1] ?? ""} `, "faint"))
  }
  return ends(left, [...keys, span(" ")], width, look)
}
const keyCells = (binding: { readonly keys: ReadonlyArray<string>; readonly foot?: readonly [number, string] }): number =>
  (keyName[binding.keys[0] ?? ""] ?? binding.keys[0] ?? "").length + (binding.foot?.[1].length ?? 0) + 3
