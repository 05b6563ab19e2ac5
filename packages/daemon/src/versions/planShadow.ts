/** What runs in the shadow of a run: the same request, the same inputs, another version. */
import {
  type BuiltPlan,
  Journal,
  type Json,
  parameterNamed,
  parametersOf,
  planRun,
  type Project,
  readVersions,
  recordedPlan,
  type RunRequest,
  type RunRow,
  shadowPlan,
  type StartInfo
} from "@tetra/core/engine"
import { Data, Effect } from "effect"
import { lackingSecrets, requestOfRecord } from "../runs/index.ts"
import { comparisonKey } from "./records.ts"
import type { VersionSpec } from "./VersionSpec.ts"

/** Why there is no shadow of a run, in a sentence. */
export class NoShadow extends Data.TaggedError("NoShadow")<{ readonly message: string; readonly hint: string }> {}

export interface PlannedShadow {
  readonly spec: VersionSpec
  readonly version: string
  readonly of: RunRow
  readonly built: BuiltPlan
  readonly info: Pick<StartInfo, "trigger" | "configVersion" | "params"> & { readonly commandId: string }
}
/** What was asked of the run, as far as it is about this pipeline and the other version knows it. */
const requestFor = (asked: RunRequest, { catalogue }: Project, pipeline: string): RunRequest => {
  const known = parametersOf(catalogue.pipelines.get(pipeline)!.pipeline)
  const params = Object.entries(asked.params).flatMap(([key, value]): ReadonlyArray<readonly [string, Json]> => {
    const [target, name] = key.includes(".")
      ? [key.slice(0, key.indexOf(".")), key.slice(key.indexOf(".") + 1)]
      : [undefined, key]
    const isMine = target === undefined || target === pipeline || `${target}_pipeline` === pipeline
    return isMine && parameterNamed(known, name) !== undefined ? [[name, value]] : []
  })
  const { priority: _, ...rest } = asked
  return { ...rest, pipelines: [pipeline], params: Object.fromEntries(params), force: false, lane: "backfill" }
}
/** The plan of the shadow of a run, which ended or is past the pipeline. The same run gives the same plan, and the same command. */
export const planShadow = (project: Project, spec: VersionSpec, version: string, of: RunRow) =>
  Effect.gen(function* () {
    const { pipeline } = spec
    const none = (message: string, hint: string) => new NoShadow({ message, hint })
    const ran = of.trigger.versions?.[pipeline] ?? spec.active
    if (of.trigger.kind === "shadow" || ran === version)
      return yield* none(
        `run ${of.id} ran ${version} itself: there is nothing to compare it with`,
        `name a run of ${spec.active}`
      )
    const events = yield* (yield* Journal).read(of.id)
    const [first] = events
    const plan = recordedPlan(events)
    const asked = first?._tag === "RunRequested" ? requestOfRecord(first.params) : undefined
    if (plan === undefined || asked === undefined || !plan.pipelines.some(({ name }) => name === pipeline))
      return yield* none(`run ${of.id} has no record of how ${pipeline} ran`, `run it anew: tetra run --pipeline ${pipeline}`)
    const lacking = lackingSecrets(asked, { params: {} })
    if (lacking.length > 0)
      return yield* none(
        `run ${of.id} was started with ${lacking.join(", ")}, which is secret and was not kept`,
        "give it in the configuration"
      )
    if (project.inVersions === undefined) return yield* none("this project has no file", "versions stand in a configuration file")
    const other = yield* project.inVersions({ [pipeline]: version })
    const own = yield* planRun(other, { ...requestFor(asked, other, pipeline), seed: plan.seed })
    const built = shadowPlan(own, { pipeline, version, pins: readVersions(plan, events, pipeline) })
    if ("message" in built) return yield* none(built.message, built.hint)
    const key = comparisonKey(pipeline, version, of.id)
    const detail = `${version} in the shadow of run ${of.id} (${ran})`
    const shadow: PlannedShadow = {
      spec,
      version,
      of,
      built,
      info: {
        trigger: { kind: "shadow", detail, shadow: { pipeline, version, of: of.id } },
        configVersion: other.configVersion,
        params: {},
        commandId: `shadow/${key}`
      }
    }
    return shadow
  })
