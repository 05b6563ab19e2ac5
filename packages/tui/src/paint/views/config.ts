/** The settings that apply, each with its origin; after a save of the file, what changed, or why the old ones hold. */
import { ago } from "../../model/amounts.ts"
import type { ConfigReload, Problem, Setting } from "../../model/World.ts"
import { fillRows, type Painter, paintRow, paintSelected, type Row, type Size, span } from "../Painter.ts"
import { cutStart, fit, padEnd, safeLine, widthOf } from "../text.ts"
import type { Look } from "../theme.ts"
import { topOf } from "./stages.ts"

export interface ConfigModel {
  readonly settings: ReadonlyArray<Setting>
  /** Path under the cursor. */
  readonly selected: string | undefined
  readonly reload: ConfigReload | undefined
  readonly typeErrors: ReadonlyArray<Problem>
  /** Epoch milliseconds. */
  readonly now: number
  readonly empty: string
}
/** Fewest rows that the news of a save may take, where there are more; else half of the pane. */
const leastNews = 6

const linesOf = (problems: ReadonlyArray<Problem>): ReadonlyArray<string> =>
  problems.flatMap(({ frame, text }) => [text, ...frame.map((line) => `  ${line}`)])
const cutTo = (lines: ReadonlyArray<string>, most: number): ReadonlyArray<string> =>
  lines.length > most ? [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more`] : lines
/** A title with its lines below. */
const notice = (
  tone: "good" | "bad" | "warn",
  title: string,
  lines: ReadonlyArray<string>,
  { look, width }: { readonly look: Look; readonly width: number }
): ReadonlyArray<string> => [
  paintRow([span(`${tone === "good" ? look.glyphs.pointer : "!"} `, tone), span(title, tone)], width, look),
  ...lines.map((line) => paintRow([span(`    ${safeLine(line)}`, tone === "good" ? "plain" : tone)], width, look)),
  " ".repeat(width)
]
const newsOfReload = (reload: ConfigReload, now: number): readonly ["good" | "bad", string, ReadonlyArray<string>] => {
  const saved = `saved ${ago(reload.at, now)}`
  if (reload.problems.length > 0)
    return ["bad", `not valid, ${saved}: ${reload.from.slice(0, 7)} stays in force`, linesOf(reload.problems)]
  const [from, to] = [reload.from.slice(0, 7), reload.to.slice(0, 7)]
  // Code of a local plugin is no part of the version of the configuration.
  const title = `${from === to ? to : `${from} -> ${to}`}, ${saved}: in force from the next run on`
  return ["good", title, [...reload.effects, ...reload.changes.map(({ detail, path }) => `${path}: ${detail}`)]]
}
const news = (model: ConfigModel, size: Size, look: Look): ReadonlyArray<string> => {
  const { now, reload, typeErrors } = model
  const most = Math.max(leastNews, Math.floor(size.height / 2) - 2)
  const place = { look, width: size.width }
  const saved = reload === undefined ? undefined : newsOfReload(reload, now)
  const types = linesOf(typeErrors)
  const room = types.length === 0 ? most : Math.max(leastNews / 2, Math.ceil(most / 2))
  return [
    ...(saved === undefined ? [] : notice(saved[0], saved[1], cutTo(saved[2], room), place)),
    ...(types.length === 0 ? [] : notice("warn", typeTitle(typeErrors.length), cutTo(types, room), place))
  ]
}
const typeTitle = (n: number): string => `${n} type error${n === 1 ? "" : "s"}: what was saved runs all the same`
const valueOf = ({ before, value }: Setting, look: Look): string =>
  before === undefined ? value : `${value} (${before === "" ? "new" : `${look.unicode ? "←" : "<-"} ${before}`})`

/** Secrets are redacted before they get here. */
export const paintConfig: Painter<ConfigModel> = (model, size, look) => {
  if (model.settings.length === 0) return fillRows([paintRow([span(model.empty, "faint")], size.width, look)], size)
  const told = size.height >= 10 ? news(model, size, look) : []
  const origins =
    size.width < 60
      ? 0
      : Math.min(Math.max(...model.settings.map(({ origin }) => widthOf(origin))), Math.floor(size.width * 0.34))
  const paths = Math.min(Math.max(10, ...model.settings.map(({ path }) => widthOf(path))), Math.floor(size.width * 0.42))
  const values = Math.max(10, size.width - paths - origins - 6)
  const at = model.settings.findIndex(({ path }) => path === model.selected)
  const height = size.height - told.length
  const top = topOf(at, model.settings.length, height)
  const rows = model.settings.slice(top, top + height).map((setting) => {
    const value = fit(safeLine(valueOf(setting, look)), values, look.glyphs.ellipsis)
    const row: Row = [
      span(`${padEnd(cutStart(safeLine(setting.path), paths, look.glyphs.ellipsis), paths)}  `, "accent"),
      span(value, setting.before === undefined ? "plain" : "warn"),
      span(origins === 0 ? "" : `  ${cutStart(safeLine(setting.origin), origins, look.glyphs.ellipsis)}`, "faint")
    ]
    return setting.path === model.selected
      ? paintSelected([span(`${look.glyphs.pointer} `), ...row], size.width, look)
      : paintRow([span("  "), ...row], size.width, look)
  })
  return fillRows([...told, ...rows], size)
}
