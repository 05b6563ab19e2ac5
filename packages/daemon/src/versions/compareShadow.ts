/** What a shadow made, compared with what the run made that it followed. */
import type { Asset, Table } from "@tetra/core"
import {
  ArtifactStore,
  changeDetail,
  type ColumnDifference,
  Journal,
  jsonChanges,
  type Project,
  shadowName,
  type StoredEvent,
  type StoredOutput,
  type TableDifference,
  tableDifference,
  TooManyRows
} from "@tetra/core/engine"
import { Clock, Effect } from "effect"
import { commit } from "../Collection.ts"
import { type AssetComparison, type Comparison, comparisonKey, comparisons } from "./records.ts"
import type { PlannedShadow } from "./planShadow.ts"

type Published = Extract<StoredEvent, { readonly _tag: "AssetPublished" }>
const publishedBy = (events: ReadonlyArray<StoredEvent>, pipeline: string): ReadonlyMap<string, Published> =>
  new Map(
    events.flatMap((e) => (e._tag === "AssetPublished" && e.stage.startsWith(`${pipeline}.`) ? [[e.asset, e] as const] : []))
  )
const tableOf = ({ catalogue }: Project, pipeline: string, asset: string): Table | undefined => {
  const provided: Asset | undefined = catalogue.pipelines
    .get(pipeline)
    ?.shape.stages.flatMap((stage) => [...stage.provides])
    .find(({ name }) => name === asset)
  return provided?.type.kind === "table" ? provided.type : undefined
}
const some = (what: string, names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.length === 0 ? [] : [`${what}: ${names.join(", ")}`]
const keyText = (count: number, where: string, shown: ReadonlyArray<string>): ReadonlyArray<string> =>
  count === 0
    ? []
    : [`${count} ${count === 1 ? "row" : "rows"} only in the ${where}: ${shown.join("; ")}${count > shown.length ? ", ..." : ""}`]
const figure = (n: number): string => n.toPrecision(3)
const columnText = ({ absolute, cells, column, relative }: ColumnDifference): string =>
  `${column}: ${cells} ${cells === 1 ? "cell" : "cells"}${absolute > 0 ? `, up to ${figure(absolute)} apart (${figure(relative)} as a ratio)` : ""}`
const tableProblems = ({ cells, columns, keys }: TableDifference): ReadonlyArray<string> => [
  ...some("columns that are gone", columns.gone),
  ...some("new columns", columns.added),
  ...keyText(keys.gone, "active version", keys.someGone),
  ...keyText(keys.added, "shadow", keys.someAdded),
  ...cells.filter(({ isBeyond }) => isBeyond).map(columnText)
]
const different = (asset: string, ...problems: ReadonlyArray<string>): AssetComparison => ({
  asset,
  same: false,
  identical: false,
  problems,
  cells: []
})
const mostProblems = 20

/** Types by the versions that made them: `before` of the active one, `after` of the shadow. */
const compareOutputs = (
  asset: string,
  [was, is]: readonly [StoredOutput, StoredOutput],
  types: readonly [Table | undefined, Table | undefined],
  tolerance: (column: string) => number
) =>
  Effect.gen(function* () {
    const schema = was.type === is.type ? [] : [`its schema was ${was.type} and is ${is.type}`]
    if (was.version === is.version && schema.length === 0)
      return { asset, same: true, identical: true, problems: [], cells: [] } satisfies AssetComparison
    if (was.kind !== is.kind) return different(asset, `it was a ${was.kind} and is a ${is.kind}`)
    const store = yield* ArtifactStore
    if (was.kind === "value" || is.kind === "value") {
      if (was.kind !== "value" || is.kind !== "value") return different(asset, ...schema)
      const changes = jsonChanges(yield* store.getValue(was), yield* store.getValue(is))
      const problems = [...schema, ...changes.map((change) => `${change.path}: ${changeDetail(change)}`)].slice(0, mostProblems)
      return { asset, same: problems.length === 0, identical: false, problems, cells: [] } satisfies AssetComparison
    }
    const [before, after] = types
    if (before === undefined || after === undefined) return different(asset, "no plugin says which columns it has")
    const side = (type: Table, output: typeof was) => {
      const data = store.open(type, output, { run: "", stage: "", at: "" })
      return { columns: type.columns, more: data.more, parts: data.scan({ more: "all" }) }
    }
    const found = yield* Effect.tryPromise({
      try: () => tableDifference(before, side(before, was), side(after, is), tolerance),
      catch: (error) => (error instanceof TooManyRows ? `it has ${error.message}: too many to compare` : String(error))
    }).pipe(Effect.catch((why) => Effect.succeed(why)))
    if (typeof found === "string") return different(asset, ...schema, found)
    const problems = [...schema, ...tableProblems(found)].slice(0, mostProblems)
    const { cells, rows } = found
    return {
      asset,
      same: problems.length === 0 && found.isSame,
      identical: false,
      problems,
      rows,
      cells
    } satisfies AssetComparison
  })

const many = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`
const summaryOf = (name: string, of: string, status: string, assets: ReadonlyArray<AssetComparison>): string => {
  if (status !== "completed") return `${name} in the shadow of run ${of} ended as ${status}`
  const bad = assets.filter(({ same }) => !same)
  const all = many(assets.length, "asset")
  if (bad.length === 0) return `${name} made the same as run ${of}: ${all} compared`
  const [first] = bad
  return `${name} differs from run ${of} in ${bad.length} of ${all}: ${first!.asset}: ${first!.problems[0] ?? "its content"}`
}
/** Compares, writes down what came of it, and answers it. `status`: how the shadow run ended. */
export const compareShadow = (project: Project, { built, of, spec, version }: PlannedShadow, run: string, status: string) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const { pipeline } = spec
    const name = shadowName(pipeline, version)
    const before = publishedBy(yield* journal.read(of.id), pipeline)
    const after = publishedBy(yield* journal.read(run), name)
    const assets: Array<AssetComparison> = []
    for (const asset of status === "completed"
      ? new Set([...before.keys(), ...[...after.keys()].map((one) => one.split("@")[0]!)])
      : []) {
      const [was, is] = [before.get(asset), after.get(shadowName(asset, version))]
      if (was === undefined || is === undefined)
        assets.push(different(asset, is === undefined ? "the shadow does not make it" : "the active version does not make it"))
      else {
        const types = [tableOf(project, pipeline, asset), tableOf(built.project, pipeline, asset)] as const
        assets.push(yield* compareOutputs(asset, [was.output, is.output], types, spec.tolerance))
      }
    }
    const planned = built.plan.pipelines[0]!
    const comparison: Comparison = {
      pipeline,
      version,
      active: of.trigger.versions?.[pipeline] ?? spec.active,
      of: of.id,
      run,
      code: `${planned.plugin}@${planned.pluginVersion}`,
      clean: status === "completed" && assets.every(({ same }) => same),
      summary: summaryOf(name, of.id, status, assets),
      assets
    }
    const at = yield* Clock.currentTimeMillis
    yield* commit(comparisons.put({ key: comparisonKey(pipeline, version, of.id), at, body: comparison }))
    return comparison
  })
