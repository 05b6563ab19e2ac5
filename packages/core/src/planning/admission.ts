import { type Admission, type AdmissionReason, isGood } from "../domain/Admission.ts"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { RunId, Status, Version } from "../domain/Names.ts"
import { type RunPlan, singlesOf } from "../domain/RunPlan.ts"
import { isShadow } from "../domain/shadowNames.ts"
import { providerOf } from "./Catalogue.ts"
import { dependenciesOf, membersOf } from "./dependencies.ts"
import { isOptional } from "./inputs.ts"
import type { Project } from "./Project.ts"

/** From what age on the data of a pipeline are stale, in hours: `pipelines.P.max_data_age_hours`, else a day. */
export const maxDataAgeHours = (config: Pick<ResolvedConfig, "pipelines">, pipeline: string): number =>
  config.pipelines?.[pipeline]?.max_data_age_hours ?? 24

/** Something that a run needs from a pipeline outside of its plan. */
export interface Need {
  readonly pipeline: string
  readonly neededBy: ReadonlyArray<string>
  /** Undefined: `depends_on` alone, nothing of it is read. */
  readonly asset: string | undefined
  readonly limitHours: number
}
export interface Needs {
  readonly direct: ReadonlyArray<Need>
  /** What those pipelines need in their turn, by pipeline, all the way up: it says what has to run first. */
  readonly further: ReadonlyMap<string, ReadonlyArray<Need>>
}
type Wired = Pick<Project, "catalogue" | "config">

/** What a pipeline needs that reads these assets. */
const needsOfPipeline = (project: Wired, name: string, reads: Iterable<string>): ReadonlyArray<Need> => {
  const { catalogue, config } = project
  const required = (config.pipeline_dependencies?.[name]?.requires ?? []).flatMap((asset) => membersOf(catalogue, asset))
  const need = (pipeline: string, asset: string | undefined): Need => ({
    pipeline,
    neededBy: [name],
    asset,
    limitHours: maxDataAgeHours(config, pipeline)
  })
  const assets = [...new Set([...reads, ...required])].flatMap((asset) => {
    const provider = providerOf(catalogue, asset)
    return provider === undefined || provider === name ? [] : [need(provider, asset)]
  })
  const bare = [...dependenciesOf(project, name).declared].filter((other) => !assets.some(({ pipeline }) => pipeline === other))
  return [...assets, ...bare.map((other) => need(other, undefined))]
}
/** Published assets that the stages of a planned pipeline cannot do without. */
const readsOf = (plan: Pick<RunPlan, "stages">, name: string): ReadonlyArray<string> =>
  plan.stages
    .filter(({ enabled, pipeline }) => enabled && pipeline === name)
    .flatMap(singlesOf)
    .flatMap(([, input]) => (input.from === "asset" && !isOptional(input.accepts) ? [input.asset] : []))

const merged = (needs: ReadonlyArray<Need>): ReadonlyArray<Need> => {
  const byName = new Map<string, Need>()
  for (const need of needs) {
    const key = `${need.pipeline} ${need.asset ?? ""}`
    const known = byName.get(key)
    byName.set(key, known === undefined ? need : { ...known, neededBy: [...known.neededBy, ...need.neededBy] })
  }
  return [...byName.values()]
}

/** What the plan needs from pipelines that are not part of it. Pure. */
export const needsOf = (project: Wired, plan: Pick<RunPlan, "pipelines" | "stages">): Needs => {
  // A shadow takes what the run read that it follows, however old that is by now.
  if (plan.pipelines.every(({ name }) => isShadow(name))) return { direct: [], further: new Map() }
  const planned = new Set(plan.pipelines.map(({ name }) => name))
  const direct = merged(plan.pipelines.flatMap(({ name }) => needsOfPipeline(project, name, readsOf(plan, name)))).filter(
    ({ pipeline }) => !planned.has(pipeline)
  )
  const further = new Map<string, ReadonlyArray<Need>>()
  const open = direct.map(({ pipeline }) => pipeline)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (further.has(name)) continue
    const hard = [...(project.catalogue.pipelines.get(name)?.shape.requires ?? [])].flatMap(([asset, { soft }]) =>
      soft ? [] : [asset]
    )
    const needs = needsOfPipeline(project, name, hard)
    further.set(name, needs)
    open.push(...needs.map(({ pipeline }) => pipeline))
  }
  return { direct, further }
}

/** The newest version of an asset. `asOf` goes through its lineage; `oldest` is the asset at the beginning of that. */
export interface NewestVersion {
  readonly version: Version
  readonly run: RunId
  readonly asOf: number
  readonly oldest: string
}
/** What is recorded about the pipelines and assets that are needed. Instants are epoch milliseconds. */
export interface AdmissionFacts {
  readonly pipelines: ReadonlyMap<
    string,
    {
      readonly lastSuccessAt: number | undefined
      readonly lastRun: RunId | undefined
      readonly lastStatus: Status | undefined
    }
  >
  readonly assets: ReadonlyMap<string, NewestVersion>
}
const hourMs = 3_600_000
const hoursSince = (at: number, now: number): number => Math.round(Math.max(0, now - at) / (hourMs / 10)) / 10

const reasonOf = (need: Need, facts: AdmissionFacts, now: number): AdmissionReason => {
  const { asset, limitHours, pipeline } = need
  const known = facts.pipelines.get(pipeline)
  const stored = asset === undefined ? undefined : facts.assets.get(asset)
  const base = { ...need, version: stored?.version, run: stored?.run, ageHours: undefined, oldest: undefined }
  if (known?.lastSuccessAt === undefined) {
    const last = known?.lastRun === undefined ? "" : `: its last run ${known.lastRun} ${known.lastStatus ?? "did not end"}`
    return { ...base, kind: "no_success", run: known?.lastRun, text: `${pipeline} has never completed here${last}` }
  }
  if (asset !== undefined && stored === undefined)
    return { ...base, kind: "missing", text: `${pipeline} has not published ${asset}` }
  const asOf = stored?.asOf ?? known.lastSuccessAt
  const ageHours = hoursSince(asOf, now)
  const isStale = now - asOf > limitHours * hourMs
  const oldest = stored === undefined || stored.oldest === asset ? undefined : stored.oldest
  const what = asset === undefined ? `the last success of ${pipeline}` : `${asset} of ${pipeline}`
  const through = oldest === undefined ? "" : ` (made from ${oldest} of then)`
  const limit = isStale ? `, and ${limitHours} h are allowed` : ` (${limitHours} h are allowed)`
  return {
    ...base,
    kind: isStale ? "stale" : "fresh",
    ageHours,
    oldest,
    text: `${what} is ${ageHours} h old${through}${limit}`
  }
}

/** That a pipeline never completed is said once, however many of its assets are wanted. */
const onceEach = (reasons: ReadonlyArray<AdmissionReason>): ReadonlyArray<AdmissionReason> => {
  const never = new Map<string, AdmissionReason>()
  for (const reason of reasons) {
    if (reason.kind !== "no_success") continue
    const neededBy = [...new Set([...(never.get(reason.pipeline)?.neededBy ?? []), ...reason.neededBy])]
    never.set(reason.pipeline, { ...reason, asset: undefined, neededBy })
  }
  return [...never.values(), ...reasons.filter(({ kind }) => kind !== "no_success")]
}

/** May a run with these needs start at `now` (epoch milliseconds)? Pure: the same facts always give the same answer. */
export const admit = ({ direct, further }: Needs, facts: AdmissionFacts, now: number): Admission => {
  const reasons = onceEach(direct.map((need) => reasonOf(need, facts, now)))
  const mend = new Set<string>()
  const seen = new Set<string>()
  const visit = (pipeline: string): void => {
    if (seen.has(pipeline)) return
    seen.add(pipeline)
    for (const need of further.get(pipeline) ?? []) if (!isGood(reasonOf(need, facts, now))) visit(need.pipeline)
    mend.add(pipeline)
  }
  for (const reason of reasons) if (!isGood(reason)) visit(reason.pipeline)
  return { verdict: mend.size === 0 ? "run" : "refused", reasons, mend: [...mend] }
}
