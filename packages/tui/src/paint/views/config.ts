/** The settings that apply, each with its origin; after a save of the file, what changed, or why the old ones hold. */
import { ago } from "../../model/amounts.ts"
import type { ConfigReload, Setting } from "../../model/World.ts"
import { fillRows, type Painter, paintRow, paintSelected, type Row, span } from "../Painter.ts"
import { cutStart, fit, padEnd, safeLine, widthOf } from "../text.ts"
import type { Look } from "../theme.ts"
import { topOf } from "./stages.ts"

export interface ConfigModel {
  readonly settings: ReadonlyArray<Setting>
  /** Path under the cursor. */
  readonly selected: string | undefined
  readonly reload: ConfigReload | undefined
  /** Epoch milliseconds. */
  readonly now: number
  readonly empty: string
}
/** Most rows that the news of a save takes. */
const mostNews = 6

const news = ({ now, reload }: ConfigModel, width: number, look: Look): ReadonlyArray<string> => {
  if (reload === undefined) return []
  const isBad = reload.problems.length > 0
  const title = isBad
    ? `not valid, saved ${ago(reload.at, now)}: ${reload.from.slice(0, 7)} stays in force`
    : `${reload.from.slice(0, 7)} -> ${reload.to.slice(0, 7)}, saved ${ago(reload.at, now)}: in force from the next run on`
  const lines = isBad ? reload.problems : reload.changes.map(({ detail, path }) => `${path}: ${detail}`)
  const shown = lines.length > mostNews ? [...lines.slice(0, mostNews - 1), `and ${lines.length - mostNews + 1} more`] : lines
  return [
    paintRow(
      [span(`${isBad ? "!" : look.glyphs.pointer} `, isBad ? "bad" : "good"), span(title, isBad ? "bad" : "good")],
      width,
      look
    ),
    ...shown.map((line) => paintRow([span(`    ${safeLine(line)}`, isBad ? "bad" : "plain")], width, look)),
    " ".repeat(width)
  ]
}
const valueOf = ({ before, value }: Setting, look: Look): string =>
  before === undefined ? value : `${value} (${before === "" ? "new" : `${look.unicode ? "←" : "<-"} ${before}`})`

/** Secrets are redacted before they get here. */
export const paintConfig: Painter<ConfigModel> = (model, size, look) => {
  if (model.settings.length === 0) return fillRows([paintRow([span(model.empty, "faint")], size.width, look)], size)
  const told = size.height >= 10 ? news(model, size.width, look) : []
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
