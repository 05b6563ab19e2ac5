import { Effect } from "effect"
import type { StandIn } from "../../domain/Artifact.ts"
import type { StageName } from "../../domain/Names.ts"
import { singlesOf } from "../../domain/RunPlan.ts"
import { changesLine, shortVersion, type StageChange, stageChanges } from "../stageChanges.ts"
import type { Archive } from "./Archive.ts"
import { readAt, valueNodes } from "./inputs.ts"
import { isPaused, type RunRecord, type StageRecord } from "./RunRecord.ts"
import { coverageNodes, partitionNodes, unitNodes, waitNodes } from "./whyUnits.ts"
import { because, type WhyKind, type WhyNode } from "./WhyNode.ts"

/** Why a stage was computed, in one line, and what is different from the last time. */
interface Computed {
  readonly line: string
  readonly changes: ReadonlyArray<StageChange>
  readonly before: StageRecord | undefined
}
/** Why the stage was computed in this run, in one line; undefined when it was not: it was reused, or did not start. */
export const computedBecause = <E, R>(
  archive: Archive<E, R>,
  run: RunRecord,
  stage: StageRecord
): Effect.Effect<string | undefined, E, R> =>
  stage.started === undefined || stage.ended?.reused === true
    ? Effect.succeed(undefined)
    : Effect.map(computedOf(archive, run, stage), ({ line }) => line)

const isDone = (stage: StageRecord): boolean => stage.ended?.status === "completed" || stage.ended?.status === "partial"

const computedOf = <E, R>(archive: Archive<E, R>, run: RunRecord, stage: StageRecord): Effect.Effect<Computed, E, R> =>
  Effect.map(archive.before(run, stage), (before): Computed => {
    const { cache } = stage.planned.policy
    const changes = before?.trace === undefined || stage.trace === undefined ? [] : stageChanges(before.trace, stage.trace)
    const line = changesLine(changes)
    const told = (text: string) => ({ line: text, changes, before })
    if (line !== undefined) return told(line)
    if (run.plan.force) return told("--force: nothing is reused")
    if (cache.kind === "never") return told("its results are never reused")
    if (before === undefined) return told("no earlier run had started it")
    if (!isDone(before)) return told(`it did not finish in run ${before.trace?.run ?? ""}`)
    if (before.ended?.status === "partial") return told(`run ${before.trace?.run ?? ""} left something out`)
    const age = (stage.started?.at ?? 0) - (before.ended?.at ?? 0)
    if (cache.maxAgeMs !== undefined && age > cache.maxAgeMs)
      return told(
        `nothing changed, but the earlier result was older than the ${Math.round(cache.maxAgeMs / 36e5)} h that may be reused`
      )
    return told(`nothing changed, but the result of run ${before.trace?.run ?? ""} was not in the cache any more`)
  })

const changeNodes = <E, R>(
  archive: Archive<E, R>,
  run: RunRecord,
  stage: StageRecord,
  { before, changes }: Computed
): Effect.Effect<ReadonlyArray<WhyNode>, E, R> =>
  Effect.gen(function* () {
    if (before?.trace === undefined || stage.trace === undefined || changes.length === 0) return []
    const earlier = yield* archive.record(before.trace.run)
    const children: Array<WhyNode> = []
    for (const { field, text } of changes) {
      const port = field.startsWith("input.") ? field.slice(6) : undefined
      const from = port === undefined ? undefined : yield* originNode(archive, run, stage, port)
      const values =
        port === undefined || earlier === undefined
          ? []
          : yield* valueNodes(archive, run, stage, { run: earlier, stage: before }, port)
      children.push(because("change", text, { children: [...values, ...(from === undefined ? [] : [from])] }))
    }
    const same = Object.keys(stage.trace.keyParts).filter(
      (field) => stage.trace?.keyParts[field] === before.trace?.keyParts[field]
    )
    if (same.length > 0) children.push(because("note", `unchanged: ${same.join(", ")}`))
    return [because("note", `compared with run ${before.trace.run}`, { at: before.trace.at, children })]
  })

/** Who made what an input read. */
const originNode = <E, R>(
  archive: Archive<E, R>,
  run: RunRecord,
  stage: StageRecord,
  port: string
): Effect.Effect<WhyNode | undefined, E, R> =>
  Effect.map(readAt(archive, run, stage, port), (read) => {
    if (read === undefined) return undefined
    if (read.from === "stage") {
      const maker = run.stages.get(read.stage)
      const reused = maker?.ended?.reused === true ? ", which was reused" : ""
      return because("input", `made by ${read.stage} in this run${reused}`, { at: maker?.ended?.at })
    }
    const { asset, producer } = read
    const text = `${asset} ${shortVersion(read.version)}`
    return producer === undefined
      ? because("input", `${text}, of which no record is kept`)
      : because("input", `${text}, made by ${producer.stage} in run ${producer.run}`, { at: Date.parse(producer.at) })
  })

/** What it read, each with who made it. */
const inputNodes = <E, R>(
  archive: Archive<E, R>,
  run: RunRecord,
  stage: StageRecord
): Effect.Effect<ReadonlyArray<WhyNode>, E, R> =>
  Effect.gen(function* () {
    const nodes: Array<WhyNode> = []
    for (const [port] of singlesOf(stage.planned)) {
      const version = stage.started?.inputs[port]
      const from = yield* originNode(archive, run, stage, port)
      if (version === undefined) nodes.push(because("input", `input ${port} was not there`))
      else nodes.push(because("input", `input ${port} ${shortVersion(version)}: ${from?.text ?? ""}`, { at: from?.at }))
    }
    return nodes
  })

/** The stages before it that went wrong, down to those where it began. */
const rootNodes = (run: RunRecord, stage: StageRecord, seen: ReadonlySet<StageName> = new Set()): ReadonlyArray<WhyNode> =>
  stage.planned.after.flatMap((name) => {
    const before = run.stages.get(name)
    const status = before?.ended?.status
    if (before === undefined || seen.has(name) || (status !== "failed" && status !== "skipped" && status !== "cancelled"))
      return []
    const children = rootNodes(run, before, new Set([...seen, name]))
    const tries = status === "failed" ? unitNodes(before) : []
    return [because(status, `${name} ${endText(before)}`, { at: before.ended?.at, children: [...tries, ...children] })]
  })
const words: Partial<Record<WhyKind, string>> = {
  failed: "failed",
  skipped: "was skipped",
  cancelled: "was cancelled",
  partial: "was done in part"
}
const endText = ({ ended }: StageRecord): string => {
  if (ended === undefined) return ""
  const word = words[ended.status] ?? ended.status
  return ended.reason === undefined ? word : `${word}: ${ended.reason}`
}

/** The head of a stage: how it stands, and why, in one line. */
interface Head {
  readonly kind: WhyKind
  readonly text: string
  readonly computed: Computed | undefined
}
const headOf = <E, R>(archive: Archive<E, R>, run: RunRecord, stage: StageRecord): Effect.Effect<Head, E, R> =>
  Effect.gen(function* () {
    const { ended, planned, started } = stage
    const { name } = planned
    const computed = started === undefined || ended?.reused === true ? undefined : yield* computedOf(archive, run, stage)
    const open = archive.facts.interrupted(run.run)
    if (ended === undefined) {
      if (started === undefined) return { kind: "pending", text: `${name} did not start: ${waitsFor(run, stage)}`, computed }
      const is = open === undefined ? "is computed" : `was interrupted (${open})`
      return { kind: open === undefined ? "running" : "interrupted", text: `${name} ${is}: ${computed?.line ?? ""}`, computed }
    }
    if (ended.status === "completed" && ended.reused)
      return { kind: "reused", text: `${name} was reused: ${ended.reason ?? "same code, configuration and inputs"}`, computed }
    if (ended.status === "completed")
      return { kind: "completed", text: `${name} was computed: ${computed?.line ?? ""}`, computed }
    return { kind: ended.status, text: `${name} ${endText(stage)}`, computed }
  })
const waitsFor = (run: RunRecord, { planned }: StageRecord): string => {
  const open = planned.after.filter((name) => run.stages.get(name)?.ended === undefined)
  if (open.length > 0) return `waits for ${open.join(", ")}`
  return isPaused(run) ? "the run is paused" : "its turn has not come"
}
const standInNode = ({ ageHours, asof, asset, reason, run, version }: StandIn): WhyNode =>
  because("partial", `${asset} ${shortVersion(version)} of run ${run} stood in, ${ageHours} h old: ${reason}`, {
    at: Date.parse(asof)
  })
/** What stood in for something fresh among what it read. */
const degradedNodes = ({ started }: StageRecord): ReadonlyArray<WhyNode> => (started?.degraded ?? []).map(standInNode)
const fallbackNodes = ({ fallback }: StageRecord): ReadonlyArray<WhyNode> =>
  fallback === undefined
    ? []
    : [
        because(
          fallback.ok ? "partial" : "failed",
          `fallback ${fallback.fallback} was ${fallback.ok ? "used" : "tried"}: ${fallback.reason}`,
          { at: fallback.at, children: (fallback.standIns ?? []).map(standInNode) }
        )
      ]

const publishedNodes = ({ published }: StageRecord): ReadonlyArray<WhyNode> =>
  published.map(({ asset, at, degraded, output, unchanged }) =>
    because(
      degraded === undefined ? "note" : "partial",
      `${unchanged ? "found unchanged" : "published"} ${asset} ${shortVersion(output.version)}${degraded === undefined ? "" : `, degraded: ${degraded}`}`,
      { at }
    )
  )

/** One line, with children only where something is worth a second look: for the tree of a whole run. */
export const stageLine = <E, R>(archive: Archive<E, R>, run: RunRecord, stage: StageRecord): Effect.Effect<WhyNode, E, R> =>
  Effect.gen(function* () {
    const { computed, kind, text } = yield* headOf(archive, run, stage)
    const more =
      computed === undefined || computed.changes.length < 2
        ? []
        : computed.changes.map((change) => because("change", change.text))
    const children = [...more, ...unitNodes(stage), ...fallbackNodes(stage), ...coverageNodes(stage)]
    return because(kind, text, { at: stage.ended?.at, tookMs: tookOf(stage), children })
  })
const tookOf = ({ ended }: StageRecord): number | undefined =>
  ended === undefined || ended.reused || ended.durationMs === 0 ? undefined : ended.durationMs

/** Everything that was recorded about a stage in one run. */
export const whyStage = <E, R>(archive: Archive<E, R>, run: RunRecord, stage: StageRecord): Effect.Effect<WhyNode, E, R> =>
  Effect.gen(function* () {
    const { computed, kind, text } = yield* headOf(archive, run, stage)
    const changes = computed === undefined ? [] : yield* changeNodes(archive, run, stage, computed)
    const inputs = stage.started === undefined ? [] : yield* inputNodes(archive, run, stage)
    return because(kind, text, {
      at: stage.ended?.at ?? stage.started?.at,
      tookMs: tookOf(stage),
      children: [
        because("note", `in run ${run.run}`, { at: run.requested.at }),
        ...changes,
        ...rootNodes(run, stage),
        ...inputs,
        ...degradedNodes(stage),
        ...waitNodes(stage),
        ...partitionNodes(stage),
        ...unitNodes(stage),
        ...fallbackNodes(stage),
        ...coverageNodes(stage),
        ...publishedNodes(stage)
      ]
    })
  })
