import { Effect } from "effect"
import type { AssetVersion } from "../../domain/Artifact.ts"
import { ownName } from "../../domain/shadowNames.ts"
import type { RunId, StageName } from "../../domain/Names.ts"
import { singlesOf } from "../../domain/RunPlan.ts"
import { shortVersion } from "../stageChanges.ts"
import type { Archive } from "./Archive.ts"
import { readAt } from "./inputs.ts"
import type { RunRecord, StageRecord } from "./RunRecord.ts"
import { coverageNodes } from "./whyUnits.ts"
import { stageLine } from "./whyStage.ts"
import { because, many, type WhyNode } from "./WhyNode.ts"

/** Stages between a version and its sources that are followed. */
const deepest = 40

interface Walk<E, R> {
  readonly archive: Archive<E, R>
  /** Stages that were told already, by run and name. */
  readonly seen: Set<string>
  readonly depth: number
}
/** The run that computed what this stage gave: another one when it was reused. */
const computedIn = ({ ended, units }: StageRecord, run: RunId): RunId => {
  if (ended?.reused !== true) return run
  const cached = units.find((event) => event._tag === "UnitCommitted" && event.cached !== undefined)
  return cached?._tag === "UnitCommitted" ? (cached.cached?.run ?? run) : run
}
/** What a shadow made and was promoted is a stage of the shadow. */
const stageIn = ({ stages }: RunRecord, name: StageName): StageRecord | undefined =>
  stages.get(name) ?? [...stages.values()].find(({ planned }) => `${ownName(planned.pipeline)}.${planned.stage}` === name)
/** A stage of a run, with what it read, back to the sources. */
const madeBy = <E, R>(walk: Walk<E, R>, run: RunId, name: StageName): Effect.Effect<WhyNode, E, R> =>
  Effect.gen(function* () {
    const { archive, depth, seen } = walk
    const confirmed = yield* archive.stage(run, name)
    const maker = confirmed === undefined ? run : computedIn(confirmed, run)
    const record = yield* archive.record(maker)
    const stage = record === undefined ? undefined : stageIn(record, name)
    if (record === undefined || stage === undefined)
      return because("warning", `${name} in run ${maker}, of which no record is kept`)
    const text = `${name} in run ${maker}${maker === run ? "" : `, found unchanged in run ${run}`}`
    const key = `${maker} ${name}`
    if (seen.has(key)) return because("note", `${text} (told above)`)
    seen.add(key)
    const { children: reasons, text: reason } = yield* stageLine(archive, record, stage)
    const inputs: Array<WhyNode> = []
    if (depth < deepest)
      for (const [port] of singlesOf(stage.planned)) {
        const one = yield* inputNode({ ...walk, depth: depth + 1 }, record, stage, port)
        if (one !== undefined) inputs.push(one)
      }
    const source = singlesOf(stage.planned).length === 0 ? [because("note", "a source: it reads nothing that Tetra keeps")] : []
    return because(stage.ended?.status ?? "running", text, {
      at: stage.ended?.at,
      tookMs: stage.ended?.durationMs,
      children: [because("note", reason, { children: reasons }), ...source, ...inputs]
    })
  })
const inputNode = <E, R>(
  walk: Walk<E, R>,
  run: RunRecord,
  stage: StageRecord,
  port: string
): Effect.Effect<WhyNode | undefined, E, R> =>
  Effect.gen(function* () {
    const read = yield* readAt(walk.archive, run, stage, port)
    if (read === undefined) return undefined
    const version = shortVersion(read.version)
    if (read.from === "stage")
      return because("input", `${port} ${version}`, { children: [yield* madeBy(walk, run.run, read.stage)] })
    const { asset, producer } = read
    const text = `${port} = ${asset} ${version}`
    return producer === undefined
      ? because("input", `${text}, of which no record is kept`)
      : because("input", text, {
          at: Date.parse(producer.at),
          children: [yield* madeBy(walk, producer.run, producer.stage)]
        })
  })

const sizeOf = ({ output }: AssetVersion): string =>
  output.kind === "table" ? many(output.rows, "row") : many(output.bytes, "byte")

/** Which stage of which run made this version of an asset, from what, back to the sources. */
export const whyAsset = <E, R>(archive: Archive<E, R>, version: AssetVersion): Effect.Effect<WhyNode, E, R> =>
  Effect.gen(function* () {
    const { asset, coverage, degraded, producer } = version
    const made = yield* madeBy({ archive, seen: new Set(), depth: 0 }, producer.run, producer.stage)
    const stage = yield* archive.stage(producer.run, producer.stage)
    const isWhole = coverage.missing.length === 0
    return because(
      degraded === undefined && isWhole ? "completed" : "partial",
      `${asset} ${shortVersion(version.version)}: ${sizeOf(version)}${degraded === undefined ? "" : `, degraded: ${degraded}`}`,
      { at: Date.parse(producer.at), children: [...(isWhole || stage === undefined ? [] : coverageNodes(stage)), made] }
    )
  })
