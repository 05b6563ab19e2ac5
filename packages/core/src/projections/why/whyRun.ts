import { Effect } from "effect"
import { type AdmissionReason, isGood } from "../../domain/Admission.ts"
import type { Json } from "../../domain/Names.ts"
import type { RunArchived, StoredEvent } from "../../domain/RunEvent.ts"
import { jsonText } from "../jsonChanges.ts"
import type { Archive } from "./Archive.ts"
import { isPaused, type Of, type RunRecord } from "./RunRecord.ts"
import { stageLine } from "./whyStage.ts"
import { because, firstOf, type WhyKind, type WhyNode } from "./WhyNode.ts"

const mostWarnings = 20
const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** `symbols=SPY,QQQ days=30`: what was asked for beside mode and pipelines. */
const asked = (params: Json): string => {
  if (!isRecord(params)) return ""
  const { params: inner, mode: _, pipelines: __, force: ___, ...rest } = params
  return Object.entries({ ...rest, ...(inner !== undefined && isRecord(inner) ? inner : {}) })
    .map(([name, value]) => `${name}=${jsonText(value)}`)
    .join(" ")
}
const requestNode = (requested: RunArchived["requested"], at: number, configuration: (hash: string) => string): WhyNode => {
  const { commandId, configVersion, force, mode, params, pipelines, plugins, trigger } = requested
  const given = asked(params)
  const notes = [
    mode === undefined ? `pipelines: ${pipelines.join(", ")}` : `mode ${mode}: ${pipelines.join(", ")}`,
    ...(given === "" ? [] : [`parameters: ${given}`]),
    ...(force ? ["--force: nothing is reused, dependencies and freshness are not asked for"] : []),
    `configuration ${configuration(configVersion)}`,
    `plugins: ${Object.entries(plugins)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
    ...(trigger.versions === undefined
      ? []
      : [
          `versions: ${Object.entries(trigger.versions)
            .map(([name, version]) => `${name} ${version}`)
            .join(", ")}`
        ]),
    ...(trigger.occurrence === undefined
      ? []
      : [`logical date ${trigger.occurrence.logicalDate}, chain ${trigger.occurrence.chain}`]),
    ...(commandId === undefined ? [] : [`command ${commandId}: the same id gives the same run`])
  ]
  return because("note", `asked for by ${trigger.kind}: ${trigger.detail}`, {
    at,
    children: notes.map((text) => because("note", text))
  })
}
const admissionNode = (reason: AdmissionReason): WhyNode => because(isGood(reason) ? "completed" : "failed", reason.text)
const told = ({ channels, escalation }: Of<"AlertRaised">): string =>
  [...channels, ...(escalation === undefined ? [] : [`${escalation} (escalation)`])].join(", ") || "nobody"

/** What happened to the run as a whole. */
const happenedNode = (event: StoredEvent): ReadonlyArray<WhyNode> => {
  const { at } = event
  switch (event._tag) {
    case "RunAdmitted":
      return [
        because(event.forced ? "warning" : "note", event.forced ? "admitted because of --force, although" : "admitted", {
          at,
          children: event.reasons.map(admissionNode)
        })
      ]
    case "RunRefused":
      return [
        because("skipped", `refused${event.mend.length === 0 ? "" : `: run ${event.mend.join(", ")} first`}`, {
          at,
          children: event.reasons.map(admissionNode)
        })
      ]
    case "AlertRaised":
      return [
        because("warning", `alert (${event.severity}): ${event.pipeline} ${event.status}; told: ${told(event)}`, {
          at,
          children: [because("note", event.reason)]
        })
      ]
    case "RunStarted":
      return [because("running", `begun by process ${event.owner.pid} on ${event.owner.host}`, { at })]
    case "OwnerChanged":
      return [because("warning", `taken over by process ${event.to.pid} on ${event.to.host}: ${event.reason}`, { at })]
    case "RunResumed":
      return [because("retry", `resumed: ${event.reason}`, { at })]
    case "RunQueued":
      return [because("note", `waited: ${event.reason}`, { at })]
    case "RunPaused":
      return [because("note", `paused by ${event.by}${event.reason === "" ? "" : `: ${event.reason}`}`, { at })]
    case "RunContinued":
      return [because("note", `continued by ${event.by}${event.reason === "" ? "" : `: ${event.reason}`}`, { at })]
    case "CancelRequested":
      return [because("cancelled", `cancelled by ${event.by}: ${event.reason}`, { at })]
    default:
      return []
  }
}
const warningNodes = ({ happened }: RunRecord): ReadonlyArray<WhyNode> =>
  firstOf(
    happened.flatMap((event) => (event._tag === "Warned" ? [event] : [])),
    mostWarnings,
    ({ at, hint, message, stage }) =>
      because("warning", `${stage === undefined ? "" : `${stage}: `}${message}${hint === "" ? "" : `. ${hint}`}`, { at })
  )

const statusText = (run: RunRecord, interrupted: string | undefined): { readonly kind: WhyKind; readonly text: string } => {
  const { ended } = run
  if (ended !== undefined)
    return {
      kind: ended.status,
      text: `run ${run.run} ${endWords[ended.status]}${ended.reason === undefined ? "" : `: ${ended.reason}`}`
    }
  return interrupted === undefined
    ? { kind: "running", text: `run ${run.run} is ${isPaused(run) ? `paused; \`tetra resume ${run.run}\` goes on` : "running"}` }
    : {
        kind: "interrupted",
        text: `run ${run.run} was interrupted: ${interrupted}; \`tetra run --resume ${run.run}\` continues it`
      }
}
const endWords = {
  completed: "completed",
  partial: "completed in part",
  failed: "failed",
  cancelled: "was cancelled",
  skipped: "did not start"
} as const

/** What is left of a run whose events were forgotten: how it and its stages ended, with their reasons. */
export const whyArchived = (
  event: Extract<StoredEvent, { readonly _tag: "RunArchived" }>,
  configuration: (hash: string) => string
): WhyNode => {
  const { archivedAt, at, durationMs, endedAt, pipelines, reason, requested, run, stages, status } = event
  const stageNode = ({ durationMs: tookMs, reason: why, reused, stage, status: end }: RunArchived["stages"][number]): WhyNode =>
    because(reused && end === "completed" ? "reused" : end, why === undefined ? stage : `${stage}: ${why}`, { tookMs })
  return because(status, `run ${run} ${endWords[status]}${reason === undefined ? "" : `: ${reason}`}`, {
    at: endedAt,
    tookMs: durationMs,
    children: [
      requestNode(requested, at, configuration),
      because("note", "its events were forgotten, as the retention says: this is what is left", { at: archivedAt }),
      ...pipelines.map(({ durationMs: tookMs, pipeline, reason: why, status: end }) =>
        because(end, why === undefined ? pipeline : `${pipeline}: ${why}`, {
          tookMs,
          children: stages.filter(({ stage }) => stage.startsWith(`${pipeline}.`)).map(stageNode)
        })
      )
    ]
  })
}

/** Why a run exists, what happened to it, and for each of its stages why it ended as it did. */
export const whyRun = <E, R>(archive: Archive<E, R>, run: RunRecord): Effect.Effect<WhyNode, E, R> =>
  Effect.gen(function* () {
    const { configuration, interrupted } = archive.facts
    const pipelines: Array<WhyNode> = []
    for (const [name, end] of run.pipelines) {
      const stages: Array<WhyNode> = []
      for (const stage of run.stages.values())
        if (stage.planned.pipeline === name) stages.push(yield* stageLine(archive, run, stage))
      const open = interrupted(run.run) === undefined ? "running" : "interrupted"
      pipelines.push(
        because(end?.status ?? open, `${name}${end?.reason === undefined ? "" : `: ${end.reason}`}`, {
          at: end?.at,
          tookMs: end?.durationMs,
          children: stages
        })
      )
    }
    return because(statusText(run, interrupted(run.run)).kind, statusText(run, interrupted(run.run)).text, {
      at: run.ended?.at ?? run.requested.at,
      tookMs: run.ended?.durationMs,
      children: [
        requestNode(run.requested, run.requested.at, configuration),
        ...run.happened.flatMap(happenedNode),
        ...warningNodes(run),
        ...pipelines
      ]
    })
  })
