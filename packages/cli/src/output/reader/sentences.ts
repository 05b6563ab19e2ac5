/** A run in whole sentences, for people who hear it. One for each change that matters; no signs, no columns, no abbreviations. Pure. */
import type { LiveEvent } from "../../domain.ts"
import { isEnded, type RunModel, shareDone, type StageModel } from "../model.ts"
import { count, duration, many } from "../plain/amounts.ts"
import { howToTryOnce } from "../plain/changes.ts"
import { ownReason } from "../plain/reasons.ts"
import { oneLine } from "../plain/text.ts"

/** Progress is told at every quarter. */
const steps = 4
/** A stage that takes less is told by its beginning and its end alone. Milliseconds. */
const longStage = 10_000

const ending = (text: string): string => (/[.!?]$/u.test(text) ? text : `${text}.`)
const because = (reason: string): string => (reason === "" ? "" : `: ${reason}`)
/** `fetch of data pipeline`: the way a name is said. */
const spoken = (stage: string): string => {
  const dot = stage.indexOf(".")
  const words = (text: string) => text.replaceAll(/[_-]+/gu, " ")
  return dot === -1 ? words(stage) : `${words(stage.slice(dot + 1))} of ${words(stage.slice(0, dot))}`
}
const outcome: Readonly<Record<string, string>> = {
  completed: "is done",
  partial: "is done in part",
  failed: "failed",
  cancelled: "was cancelled",
  skipped: "was left out"
}
const stageSentence = (model: RunModel, stage: StageModel): string => {
  const name = `Stage ${spoken(stage.name)}`
  if (stage.status === "completed" && stage.reused) return `${name} is done: nothing had changed, the result was reused.`
  // What never began took no time.
  const time = stage.durationMs === undefined || stage.startedAt === undefined ? "" : ` after ${duration(stage.durationMs)}`
  const rows = stage.rows > 0 ? `, ${many(stage.rows, "row")}` : ""
  const own = oneLine(ownReason(model, stage))
  const reason = stage.status === "failed" ? own || oneLine(stage.lastFailure ?? "") : own
  return ending(`${name} ${outcome[stage.status] ?? stage.status}${time}${rows}${because(reason)}`)
}
const runShare = (model: RunModel): number => {
  const stages = [...model.stages.values()]
  const done = stages.reduce((sum, s) => sum + (isEnded(s.status) ? 1 : s.status === "pending" ? 0 : (shareDone(s) ?? 0)), 0)
  return stages.length === 0 ? 0 : done / stages.length
}
const quarters = (share: number): number => Math.floor(share * steps)
/** The quarter that was reached between two models, in percent; undefined when none was, and at the end, which has a sentence of its own. */
const reached = (before: number, after: number): number | undefined =>
  quarters(after) > quarters(before) && after < 1 ? (100 / steps) * quarters(after) : undefined

const progressSentences = (before: RunModel, after: RunModel, event: LiveEvent): ReadonlyArray<string> => {
  const run = reached(runShare(before), runShare(after))
  const name = "stage" in event ? event.stage : undefined
  const [was, is] = [before.stages.get(name ?? ""), after.stages.get(name ?? "")]
  const stage =
    was?.startedAt === undefined || is === undefined || isEnded(is.status) || event.at - was.startedAt < longStage
      ? undefined
      : reached(shareDone(was) ?? 0, shareDone(is) ?? 0)
  return [
    ...(stage === undefined || is === undefined ? [] : [`Stage ${spoken(is.name)} is ${stage} percent done.`]),
    ...(run === undefined ? [] : [`The run is ${run} percent done.`])
  ]
}
/** No unit of the stage was worked on before. */
const isFirst = (stage: StageModel | undefined, attempt: number): boolean =>
  attempt === 1 && stage !== undefined && stage.live.size + stage.computed + stage.failedUnits === 0
const changeSentence = (before: RunModel, after: RunModel, event: LiveEvent): string | undefined => {
  switch (event._tag) {
    case "PlanFixed": {
      const mode = after.mode === undefined ? "" : ` in mode ${after.mode}`
      return `Run${mode} begins: ${many(after.pipelines.size, "pipeline")}, ${many(after.stages.size, "stage")}.`
    }
    case "RunResumed":
      return ending(`The run goes on${because(oneLine(event.reason))}`)
    case "RunQueued":
      return ending(`The run waits${because(oneLine(event.reason))}`)
    case "RunPaused":
      return ending(`The run is paused by ${event.by}${because(oneLine(event.reason))}`)
    case "RunContinued":
      return `The run goes on.`
    case "CancelRequested":
      return "The run is stopping; what is finished is kept."
    case "RetryScheduled": {
      const wait = duration(Math.max(0, event.due - event.at))
      const why = oneLine(after.stages.get(event.stage)?.lastFailure ?? "")
      return ending(
        `Stage ${spoken(event.stage)} is tried again in ${wait}, try ${event.attempt}; ${howToTryOnce}${because(why)}`
      )
    }
    case "AttemptStarted":
      return isFirst(before.stages.get(event.stage), event.attempt) ? `Stage ${spoken(event.stage)} begins.` : undefined
    case "StageEnded": {
      const stage = after.stages.get(event.stage)
      return stage === undefined ? undefined : stageSentence(after, stage)
    }
    case "PipelineEnded": {
      const took = event.status === "skipped" ? "" : ` after ${duration(event.durationMs)}`
      return `Pipeline ${spoken(event.pipeline)} ${outcome[event.status] ?? event.status}${took}.`
    }
    case "Warned":
      return ending(`Warning: ${oneLine(event.message)}`)
    case "Log":
      return event.level === "error" && event.stage !== undefined && !("detail" in event.fields)
        ? ending(`Error in stage ${spoken(event.stage)}: ${oneLine(event.message)}`)
        : undefined
    default:
      return undefined
  }
}
/** What this event adds; nothing for what changes nothing that people follow. */
export const sentences = (before: RunModel, after: RunModel, event: LiveEvent): ReadonlyArray<string> => {
  const change = changeSentence(before, after, event)
  return [...(change === undefined ? [] : [change]), ...progressSentences(before, after, event)]
}

const listed = (names: ReadonlyArray<string>): string => {
  const most = 3
  const more = names.length - most
  return more > 0 ? `${names.slice(0, most).join(", ")} and ${more} more` : names.join(", ")
}
/** Where the run stands, when somebody asks. `now` is epoch milliseconds. */
export const standing = (model: RunModel, now: number): string => {
  if (model.run === "") return "No run has begun yet."
  const stages = [...model.stages.values()]
  const of = (status: string) => stages.filter((s) => s.status === status).map((s) => spoken(s.name))
  const [running, failed] = [of("running"), of("failed")]
  const time = model.startedAt === undefined ? "" : ` for ${duration(now - model.startedAt)}`
  return [
    isEnded(model.status)
      ? `The run ${outcome[model.status] ?? model.status}.`
      : `The run goes on${time}, ${Math.floor(runShare(model) * 100)} percent done.`,
    `${count(stages.filter((s) => isEnded(s.status)).length)} of ${many(stages.length, "stage")} ended.`,
    ...(running.length === 0 ? [] : [`Running: ${listed(running)}.`]),
    ...(failed.length === 0 ? [] : [`Failed: ${listed(failed)}.`])
  ].join(" ")
}
/** The end of a run, and what to do next. */
export const endSentences = (model: RunModel, facts: { readonly log: string; readonly again: string }): ReadonlyArray<string> => {
  const failed = [...model.stages.values()].filter((s) => s.status === "failed")
  const time = model.durationMs === undefined ? "" : ` after ${duration(model.durationMs)}`
  const next =
    model.status === "completed" || model.status === "skipped"
      ? `tetra show ${model.run} tells more`
      : model.status === "failed"
        ? `after mending, tetra retry ${model.run} goes on`
        : `${facts.again} goes on`
  return [
    `The run ${outcome[model.status] ?? model.status}${time}.`,
    ...failed.map((stage) =>
      ending(`Failed: ${spoken(stage.name)}: ${oneLine(stage.reason ?? stage.lastFailure ?? "no reason was recorded")}`)
    ),
    `The log is in ${facts.log}.`,
    ending(`Next: ${next}`)
  ]
}
