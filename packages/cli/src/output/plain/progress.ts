/** The live lines at the bottom of a terminal: a bar per running stage, then the run as a whole. Pure. */
import { type History, runRemaining, stageRemaining } from "../estimate.ts"
import { isEnded, rateAt, type RunModel, shareDone, type StageModel } from "../model.ts"
import { count, duration, many, short, stopwatch } from "./amounts.ts"
import { dot, ellipsis, glyph, type Look, paint } from "./look.ts"
import { cut, cutStart, oneLine, padEnd, padStart, widthOf } from "./text.ts"

/** Most bars shown at once; the others are counted. */
const mostBars = 6

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
/** A bar of exactly `cells` cells; `share` is 0 to 1. */
export const bar = (share: number, cells: number, look: Look): string => {
  const full = Math.min(1, Math.max(0, share)) * cells
  const whole = Math.floor(full)
  if (!look.unicode) {
    const inner = Math.max(0, cells - 2)
    const done = Math.floor(Math.min(1, Math.max(0, share)) * inner)
    return `[${"#".repeat(done)}${".".repeat(inner - done)}]`
  }
  const part = whole < cells ? (eighths[Math.floor((full - whole) * 8)] ?? "") : ""
  const done = "█".repeat(whole) + part
  return paint(look, "busy", done) + paint(look, "dim", "░".repeat(cells - whole - (part === "" ? 0 : 1)))
}

/** What is counted: partitions when there are any, else what the stage itself counts. */
const counted = (stage: StageModel): string => {
  if (stage.awaits !== undefined) return stage.awaits
  if (stage.partitioned && stage.expected !== undefined) {
    const done = stage.computed + stage.reusedUnits + stage.failedUnits
    return `${count(done)}/${count(stage.expected)}`
  }
  const unit = [...stage.live.values()][0]
  if (unit === undefined || (unit.done === 0 && unit.total === undefined)) return ""
  const of = unit.of === undefined ? "" : ` ${unit.of}`
  return unit.total === undefined ? `${short(unit.done)}${of}` : `${short(unit.done)}/${short(unit.total)}${of}`
}

const stageLine = (stage: StageModel, look: Look, width: number, nameCells: number, now: number, history: History): string => {
  const share = shareDone(stage)
  const left = stageRemaining(stage, now, history)
  const perSecond = stage.partitioned ? rateAt(stage, now) : undefined
  const rate = perSecond !== undefined && perSecond >= 0.05 ? `${short(perSecond)}/s` : ""
  const tail = [
    counted(stage),
    share === undefined ? stopwatch(now - (stage.startedAt ?? now)) : `${Math.floor(share * 100)}%`,
    rate,
    left === undefined || left < 1000 ? "" : `ETA ${duration(left)}`
  ].filter((t) => t !== "")
  const name = padEnd(cutStart(stage.name, nameCells, ellipsis(look)), nameCells)
  const head = `${paint(look, "busy", glyph(look, "running"))} ${name}`
  const room = width - widthOf(head) - 4
  const barCells = Math.min(28, Math.floor(room * 0.45))
  const drawn =
    barCells >= 8 && share !== undefined ? `${bar(share, barCells, look)}  ` : barCells >= 8 ? " ".repeat(barCells + 2) : ""
  return `${head}  ${drawn}${paint(look, "dim", cut(tail.join("  "), Math.max(0, width - widthOf(head) - 2 - widthOf(drawn)), ellipsis(look)))}`
}

const totals = (model: RunModel, look: Look, now: number, history: History): ReadonlyArray<string> => {
  const stages = [...model.stages.values()]
  const ended = stages.filter((s) => isEnded(s.status)).length
  const failed = stages.filter((s) => s.status === "failed").length
  const rows = stages.reduce((sum, s) => sum + s.rows, 0)
  const left = runRemaining(model, now, history)
  return [
    `${padStart(String(ended), 2)}/${stages.length} stages`,
    stopwatch(now - (model.startedAt ?? now)),
    ...(left === undefined || left < 1000 ? [] : [`ETA ~${duration(left)}`]),
    ...(failed > 0 ? [paint(look, "bad", `${failed} failed`)] : []),
    ...(rows > 0 ? [many(rows, "row")] : [])
  ]
}

/** Joins as many parts as fit; the first ones matter most. */
const fitted = (parts: ReadonlyArray<string>, separator: string, width: number): string => {
  let line = parts[0] ?? ""
  for (const part of parts.slice(1)) {
    if (widthOf(line) + widthOf(separator) + widthOf(part) > width) break
    line += separator + part
  }
  return line
}

/**
 * At most `rows` lines, each narrower than `look.width`, so that the terminal never wraps one. `now` is epoch milliseconds. Nothing before the
 * run starts and after it ends.
 */
export const progressLines = (
  model: RunModel,
  look: Look,
  rows: number,
  now: number,
  history: History
): ReadonlyArray<string> => {
  if (model.plan === undefined || isEnded(model.status)) return []
  const width = (look.width ?? 80) - 1
  const running = [...model.stages.values()].filter((s) => s.status === "running")
  const bars = running.slice(0, Math.max(0, Math.min(mostBars, rows - 2)))
  const nameCells = Math.min(Math.max(8, ...bars.map((s) => s.name.length)), Math.max(8, Math.floor(width * 0.38)))
  const lines = bars.map((s) => stageLine(s, look, width, nameCells, now, history))
  const hidden = running.length - bars.length
  const share = [...model.stages.values()].reduce((sum, s) => sum + (shareDone(s) ?? 0), 0) / Math.max(1, model.stages.size)
  const parts = totals(model, look, now, history)
  if (model.cancelling !== undefined)
    return [...lines, fitted([paint(look, "stop", `${glyph(look, "cancelled")} stopping`), ...parts], dot(look), width)]
  const held = model.paused === undefined ? model.queued : `paused ${model.paused}`
  if (held !== undefined)
    return [...lines, fitted([paint(look, "warn", `${glyph(look, "pending")} ${oneLine(held)}`), ...parts], dot(look), width)]
  const barCells = width >= 60 ? Math.min(28, Math.floor(width * 0.2)) : 0
  const overall = barCells > 0 ? `  ${bar(share, barCells, look)}  ` : "  "
  const more = hidden > 0 ? [`${hidden} more running`] : []
  return [...lines, overall + fitted([...parts, ...more], dot(look), width - widthOf(overall))]
}
