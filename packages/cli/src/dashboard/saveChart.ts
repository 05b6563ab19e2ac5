/** A chart as a file. */
import { existsSync, writeFileSync } from "node:fs"
import { extname, relative, resolve } from "node:path"
import process from "node:process"
import { chartCsv, type ChartPane, chartSvg } from "@tetra/tui"
import { Refusal } from "../failure.ts"

/** Writes the values (`.csv`) or the picture (`.svg`); the answer names the file. A file that is there is never replaced. */
export const saveChart = (pane: ChartPane, path: string): string => {
  const file = resolve(process.cwd(), path)
  const kind = extname(file)
  if (kind !== ".csv" && kind !== ".svg")
    throw new Refusal(`a chart is saved as .csv or .svg, not as "${kind}"`, { hint: "for example chart.svg" })
  if (existsSync(file)) throw new Refusal(`${relative(process.cwd(), file)} is there already`, { hint: "take another name" })
  writeFileSync(file, kind === ".csv" ? chartCsv(pane) : chartSvg(pane), { flag: "wx" })
  return relative(process.cwd(), file)
}
