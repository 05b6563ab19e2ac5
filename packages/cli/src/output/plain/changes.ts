/** One line per change of a run: `19:04:31  data_pipeline.load  ✔ completed  3,042 rows in 2.1 s`. Pure. */
import { isGood } from "@tetra/core/engine"
import type { AdmissionReason, LogLine, LiveEvent, StoredEvent } from "../../domain.ts"
import { failureText, isReused, type RunModel, stagesOf, type StageModel } from "../model.ts"
import { asTyped } from "../typed.ts"
import { clockTime, count, duration, many } from "./amounts.ts"
import { badge, dot, ellipsis, type Look, type Mark, paint, toneOf } from "./look.ts"
import { ownReason } from "./reasons.ts"
import { alertText } from "./recovery.ts"
import { cutStart, hanging, oneLine, padEnd, someLines, widthOf, wrap } from "./text.ts"

export type Detail = "quiet" | "normal" | "verbose"
/** What of a run is told. */
export interface Told {
  readonly detail: Detail
  /** By stage: why it is computed. */
  readonly reasons?: ReadonlyMap<string, string>
}
interface Change {
  readonly subject: string
  readonly mark: Mark
  readonly word?: string
  readonly text: string
}

/** Cells for `pipeline.stage`: as wide as the widest of the plan, but never more than two fifths of the terminal. */
const subjectWidth = (model: RunModel, look: Look): number => {
  const widest = Math.max(12, ...[...model.stages.keys()].map((name) => name.length))
  return Math.min(widest, 44, look.width === undefined ? 44 : Math.max(10, Math.floor(look.width * 0.4)))
}
const wordWidth = 9

/** Least cells for the text beside a column; below that it goes under it. */
const leastText = 28
/**
 * Lays a change out. Without a terminal: its lines as they are, whatever their length. On a terminal the text wraps under itself; a narrower one loses the word of
 * the state (the glyph stays), and a very narrow one gets the text on lines of its own.
 */
const lay = (model: RunModel, look: Look, at: number, said: Change): ReadonlyArray<string> => {
  const change = { ...said, text: asTyped(said.text, look.command) }
  const time = paint(look, "dim", clockTime(at))
  const cells = subjectWidth(model, look)
  const word = padEnd(change.word ?? change.mark, wordWidth)
  if (look.width === undefined) {
    return hanging(`${time}  ${padEnd(change.subject, cells)}  ${badge(look, change.mark, word)}  `, change.text, undefined)
  }
  const name = padEnd(cutStart(change.subject, cells, ellipsis(look)), cells)
  const wide = `${time}  ${name}  ${badge(look, change.mark, word)}`
  if (look.width - widthOf(wide) - 3 >= leastText + 12) return hanging(`${wide}  `, change.text, look.width)
  const middle = `${time} ${badge(look, change.mark, name)}`
  if (look.width - widthOf(middle) - 3 >= leastText)
    return hanging(`${middle}  `, change.text === "" ? (change.word ?? "") : change.text, look.width)
  const short = `${time} ${badge(look, change.mark, "")}${cutStart(change.subject, look.width - 12, ellipsis(look))}`
  return [short, ...(change.text === "" ? [] : wrap(change.text, look.width - 12).map((line) => " ".repeat(11) + line))]
}

const subjectOf = (stage: string, partition: string | null): string =>
  partition === null ? stage : `${stage}[${oneLine(partition)}]`
const maxAttempts = (model: RunModel, stage: string): number | undefined =>
  model.plan?.stages.find(({ name }) => name === stage)?.policy.retry.maxAttempts
const tries = (model: RunModel, stage: string, attempt: number): string => {
  const most = maxAttempts(model, stage)
  return most === undefined ? String(attempt) : `${attempt}/${most}`
}

/** `3,042 rows in 2.1 s, 12 partitions (10 reused)`. */
const result = (look: Look, stage: StageModel): string => {
  const parts: Array<string> = []
  if (stage.rows > 0) parts.push(many(stage.rows, "row"))
  if (stage.partitioned && stage.expected !== undefined) {
    const reused = stage.reusedUnits > 0 && !stage.reused ? ` (${count(stage.reusedUnits)} reused)` : ""
    parts.push(many(stage.expected, "partition") + reused)
  }
  if (!stage.reused && stage.startedAt !== undefined && stage.durationMs !== undefined) parts.push(duration(stage.durationMs))
  return parts.join(dot(look))
}

const stageEnded = (model: RunModel, look: Look, stage: StageModel, computed: string | undefined): Change => {
  const because = someLines(ownReason(model, stage))
  const plain = result(look, stage)
  if (stage.status === "skipped") return { subject: stage.name, mark: "skipped", text: because }
  if (stage.status === "failed")
    return { subject: stage.name, mark: "failed", text: because || someLines(stage.lastFailure ?? "") }
  const mark = stage.status === "completed" && stage.reused ? "reused" : stage.status
  const why = computed === undefined || stage.reused ? "" : `computed: ${oneLine(computed)}`
  return { subject: stage.name, mark, text: [plain, because, why].filter((t) => t !== "").join(dot(look)) }
}

/** `load failed` of `input "table": check skipped: input "source": load failed`. */
const rootOf = ({ reason = "" }: StageModel): string => reason.slice(reason.lastIndexOf(": ") + 1).trim()
/** One failure is told once: whatever else is skipped because of it is counted in the summary. */
const isToldAlready = (model: RunModel, stage: StageModel): boolean =>
  stage.status === "skipped" &&
  stagesOf(model, stage.pipeline).some(
    (other) => other.name !== stage.name && other.status === "skipped" && rootOf(other) === rootOf(stage)
  )

/** A new project tries three times, a minute apart: too long for whoever writes the stage. */
export const howToTryOnce = "--param max_retries=1 tries once"
const attempt = (model: RunModel, event: StoredEvent, detail: Detail): Change | undefined => {
  switch (event._tag) {
    case "AttemptFailed": {
      if (!event.final) return undefined
      const subject = subjectOf(event.stage, event.partition)
      // The end of an unpartitioned stage says the same again; after a cancellation every attempt ends so.
      const isTold = event.partition === null || model.cancelling !== undefined
      if (isTold && detail !== "verbose") return undefined
      return {
        subject,
        mark: "failed",
        text: `try ${tries(model, event.stage, event.attempt)}: ${someLines(failureText(event.failure))}`
      }
    }
    case "RetryScheduled": {
      const why = someLines(model.stages.get(event.stage)?.lastFailure ?? "")
      const wait = duration(Math.max(0, event.due - model.at))
      const text = `try ${tries(model, event.stage, event.attempt)} in ${wait} (${howToTryOnce})${why === "" ? "" : `: ${why}`}`
      return { subject: subjectOf(event.stage, event.partition), mark: "retry", text }
    }
    case "FallbackTried": {
      const text = `${event.ok ? "used" : "tried"} ${event.fallback}: ${oneLine(event.reason)}`
      return { subject: event.stage, mark: event.ok ? "partial" : "failed", word: "fallback", text }
    }
    case "ResourcesAwaited":
      return { subject: event.stage, mark: "note", word: "waits", text: oneLine(event.reason).replace(/^waits /u, "") }
    case "AttemptStarted": {
      const stage = model.stages.get(event.stage)
      const first =
        event.attempt === 1 && (stage?.live.size ?? 0) <= 1 && (stage?.computed ?? 0) + (stage?.failedUnits ?? 0) === 0
      if (!first) return undefined
      const units = stage?.partitioned === true && stage.expected !== undefined ? many(stage.expected, "partition") : ""
      return { subject: event.stage, mark: "running", word: "started", text: units }
    }
    default:
      return undefined
  }
}

const pauseText = ({ by, reason }: { readonly by: string; readonly reason: string }): string =>
  oneLine(reason === "" ? `by ${by}` : `by ${by}: ${reason}`)

const header = (model: RunModel, look: Look): string => {
  const sizes = [many(model.pipelines.size, "pipeline"), many(model.stages.size, "stage")]
  if (model.mode !== undefined) sizes.unshift(`mode ${model.mode}`)
  if (model.force) sizes.push("nothing is reused (--force)")
  return `run ${model.run}${dot(look)}${sizes.join(dot(look))}`
}

const admitted = (reasons: ReadonlyArray<AdmissionReason>, look: Look): Change | undefined =>
  reasons.length === 0
    ? undefined
    : { subject: "tetra", mark: "note", word: "admitted", text: reasons.map(({ text }) => oneLine(text)).join(dot(look)) }

const change = (model: RunModel, look: Look, event: StoredEvent, { detail, reasons }: Told): Change | undefined => {
  switch (event._tag) {
    case "PlanFixed":
      return { subject: "tetra", mark: "note", word: "run", text: header(model, look) }
    case "RunAdmitted": {
      if (!event.forced) return detail === "verbose" ? admitted(event.reasons, look) : undefined
      const bad = event.reasons.filter((reason) => !isGood(reason))
      return { subject: "tetra", mark: "warning", word: "forced", text: bad.map(({ text }) => oneLine(text)).join(dot(look)) }
    }
    case "RunResumed":
      return { subject: "tetra", mark: "note", word: "resumed", text: oneLine(event.reason) }
    case "RunQueued":
      return { subject: "tetra", mark: "pending", word: "waiting", text: oneLine(event.reason) }
    case "RunPaused":
      return { subject: "tetra", mark: "warning", word: "paused", text: `${pauseText(event)}; tetra resume ${event.run} goes on` }
    case "RunContinued":
      return { subject: "tetra", mark: "note", word: "goes on", text: pauseText(event) }
    case "OwnerChanged":
      return detail === "verbose" ? { subject: "tetra", mark: "note", word: "owner", text: oneLine(event.reason) } : undefined
    case "Warned":
      return {
        subject: event.stage ?? "tetra",
        mark: "warning",
        text: `${oneLine(event.message)}${event.hint === "" ? "" : `. ${oneLine(event.hint)}`}`
      }
    case "StageEnded": {
      const stage = model.stages.get(event.stage)
      if (stage === undefined || (detail !== "verbose" && isToldAlready(model, stage))) return undefined
      return stageEnded(model, look, stage, reasons?.get(stage.name))
    }
    case "PipelineEnded": {
      const parts = [
        event.records > 0 ? many(event.records, "row") : "",
        duration(event.durationMs),
        oneLine(ownReason(model, { name: event.pipeline, reason: event.reason }))
      ]
      const mark = isReused(model, event.pipeline) ? "reused" : event.status
      return { subject: event.pipeline, mark, text: parts.filter((t) => t !== "").join(dot(look)) }
    }
    case "AssetPublished":
      if (detail !== "verbose") return undefined
      return {
        subject: event.stage,
        mark: "note",
        word: event.unchanged ? "unchanged" : "published",
        text: `${event.asset} ${event.output.version.slice(0, 12)}`
      }
    case "AlertRaised": {
      return { subject: event.pipeline, mark: "warning", word: "alert", text: alertText(event) }
    }
    case "CancelRequested":
      return { subject: "tetra", mark: "cancelled", word: "stopping", text: oneLine(event.reason) }
    default:
      return attempt(model, event, detail)
  }
}

/** The stack of a failure: for the log file and `--output json`, never for the screen. */
const stackField = "detail"
const fieldsOf = (line: LogLine): string =>
  Object.entries(line.fields)
    .filter(([name]) => name !== stackField)
    .map(([name, value]) => `${oneLine(name)}=${oneLine(typeof value === "string" ? value : JSON.stringify(value))}`)
    .join(" ")
const levelMark: Record<LogLine["level"], Mark> = { debug: "note", info: "note", warn: "warning", error: "failed" }

/** A log line of a stage, in the same columns. */
export const logLines = (model: RunModel, look: Look, line: LogLine): ReadonlyArray<string> => {
  const fields = fieldsOf(line)
  const text = `${oneLine(line.message)}${fields === "" ? "" : `  ${paint({ ...look, color: look.color && look.width === undefined }, "dim", fields)}`}`
  const subject = line.stage === undefined ? "tetra" : subjectOf(line.stage, line.partition)
  return lay(model, look, line.at, { subject, mark: levelMark[line.level], word: line.level, text })
}

const isShown = (line: LogLine, detail: Detail): boolean =>
  detail === "verbose" ||
  // A failed attempt has a line of its own already.
  (detail === "normal" && !(stackField in line.fields) && (line.level === "warn" || line.level === "error"))

/** The lines that this event adds; `after` is the model with the event folded in. None when it changes nothing that people follow. */
export const linesOf = (after: RunModel, event: LiveEvent, look: Look, told: Told): ReadonlyArray<string> => {
  const { detail } = told
  if (event._tag === "Log") return isShown(event, detail) ? logLines(after, look, event) : []
  const said = change(after, look, event, told)
  if (said === undefined) return []
  const matters = toneOf(said.mark) === "bad" || said.mark === "warning"
  return detail === "quiet" && !matters ? [] : lay(after, look, event.at, said)
}
