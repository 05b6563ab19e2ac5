import type { Setting } from "../../model/World.ts"
import { fillRows, type Painter, paintRow, paintSelected, type Row, span } from "../Painter.ts"
import { cutStart, padEnd, safeLine, widthOf } from "../text.ts"
import { topOf } from "./stages.ts"

export interface ConfigModel {
  readonly settings: ReadonlyArray<Setting>
  /** Path under the cursor. */
  readonly selected: string | undefined
  readonly empty: string
}
/** Every setting with its value and where it comes from. Secrets are redacted before they get here. */
export const paintConfig: Painter<ConfigModel> = (model, size, look) => {
  if (model.settings.length === 0) return fillRows([paintRow([span(model.empty, "faint")], size.width, look)], size)
  const paths = Math.min(Math.max(10, ...model.settings.map(({ path }) => widthOf(path))), Math.floor(size.width * 0.5))
  const values = Math.max(10, Math.min(48, size.width - paths - 24))
  const at = model.settings.findIndex(({ path }) => path === model.selected)
  const top = topOf(at, model.settings.length, size.height)
  const rows = model.settings.slice(top, top + size.height).map((setting) => {
    const row: Row = [
      span(`${padEnd(cutStart(safeLine(setting.path), paths, look.glyphs.ellipsis), paths)}  `, "accent"),
      span(padEnd(safeLine(setting.value), values), "plain"),
      span(`  ${safeLine(setting.origin)}`, "faint")
    ]
    return setting.path === model.selected
      ? paintSelected([span(`${look.glyphs.pointer} `), ...row], size.width, look)
      : paintRow([span("  "), ...row], size.width, look)
  })
  return fillRows(rows, size)
}
