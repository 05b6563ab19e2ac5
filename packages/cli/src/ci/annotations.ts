/** What GitHub Actions shows beside a change and on the page of a job. Pure. */
import { type RunModel, stagesOf, type StageModel } from "../output/model.ts"
import { duration } from "../output/plain/amounts.ts"
import { ownReason } from "../output/plain/reasons.ts"
import { oneLine } from "../output/plain/text.ts"
import { command, shown } from "./githubCommand.ts"

const becauseOf = (model: RunModel, stage: StageModel): string => {
  const own = ownReason(model, stage)
  return own === "" ? (stage.lastFailure ?? stage.status) : own
}
/**
 * A run that went wrong: an error for each stage that failed, a warning for each that is partial, and what the run itself was refused for. GitHub shows
 * it at the line that threw; `fileOf` turns a path from the project's folder into one from the working folder.
 */
export const runAnnotations = (model: RunModel, fileOf: (file: string) => string): ReadonlyArray<string> => {
  const placeOf = ({ failedAt: at }: StageModel) =>
    at === undefined ? {} : { file: fileOf(at.file), line: String(at.line), col: String(at.column) }
  const of = (status: string) => [...model.stages.values()].filter((stage) => stage.status === status)
  const failed = of("failed").map((stage) =>
    command("error", { ...placeOf(stage), title: `${stage.name} failed` }, becauseOf(model, stage))
  )
  const partial = of("partial").map((stage) =>
    command("warning", { ...placeOf(stage), title: `${stage.name} is partial` }, becauseOf(model, stage))
  )
  const ended = model.status === "completed" || model.status === "partial" || failed.length > 0
  const whole = ended ? [] : [command("error", { title: `run ${model.status}` }, model.reason ?? "no reason was recorded")]
  return [...whole, ...shown(failed, "failed stages"), ...shown(partial, "partial stages")]
}

const cell = (text: string): string => oneLine(text).replaceAll("|", "\\|").replaceAll("<", "&lt;")
const signs: Readonly<Record<string, string>> = {
  completed: "✅",
  partial: "⚠️",
  failed: "❌",
  cancelled: "🚫",
  skipped: "⏭️"
}
const isDone = ({ status }: StageModel): boolean => status === "completed" || status === "partial"
/** The run as Markdown, for the summary of a job: pipelines as a table, then what failed or is partial. */
export const summaryMarkdown = (model: RunModel): string => {
  const rows = [...model.pipelines.values()].map(({ durationMs, name, reason, records, status }) => {
    const stages = stagesOf(model, name)
    const computed = stages.filter((stage) => isDone(stage) && !stage.reused).length
    const reused = stages.filter((stage) => isDone(stage) && stage.reused).length
    const took = durationMs === undefined ? "-" : duration(durationMs)
    const why = status === "completed" ? "" : cell(reason ?? "")
    return `| ${cell(name)} | ${signs[status] ?? ""} ${status} | ${took} | ${records > 0 ? records.toLocaleString("en") : "-"} | ${computed} computed, ${reused} reused, ${stages.length - computed - reused} not | ${why} |`
  })
  const bad = [...model.stages.values()].filter(({ status }) => status === "failed" || status === "partial")
  return [
    `### Tetra: ${cell(model.mode ?? "run")} ${signs[model.status] ?? ""} ${model.status}`,
    "",
    ...(model.status === "completed" || model.reason === undefined ? [] : [cell(model.reason), ""]),
    ...(rows.length === 0
      ? []
      : ["| pipeline | status | time | rows | stages | |", "| --- | --- | ---: | ---: | --- | --- |", ...rows, ""]),
    ...bad.map((stage) => `- ${signs[stage.status] ?? ""} \`${cell(stage.name)}\`: ${cell(becauseOf(model, stage))}`),
    ...(bad.length === 0 ? [] : [""]),
    `Run \`${model.run}\`${model.durationMs === undefined ? "" : `, ${duration(model.durationMs)}`}`,
    ""
  ].join("\n")
}
