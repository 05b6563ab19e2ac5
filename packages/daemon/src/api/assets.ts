/** What the pipelines provide. Names are looked up in the records: none becomes a path. */
import { type AssetVersion, nearest, StateQueries, type StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { asProblem } from "../server/RunService.ts"
import type { OriginBody, VersionBody } from "./assetsGroup.ts"
import { Api } from "./definition.ts"
import { NotFound, type Problem } from "./problems.ts"

const bodyOf = ({ asset, coverage, degraded, output, producer, version }: AssetVersion): VersionBody => ({
  asset,
  version,
  kind: output.kind,
  type: output.type,
  rows: output.kind === "table" ? output.rows : null,
  bytes: output.bytes,
  made_at: Date.parse(producer.at),
  run: producer.run,
  stage: producer.stage,
  coverage: { done: coverage.done, expected: coverage.expected, ratio: coverage.ratio },
  as_of: (output.kind === "table" ? output.asOf : undefined) ?? null,
  known_at: (output.kind === "table" ? output.knownAt : undefined) ?? null,
  degraded: degraded ?? null
})
const inputsOf = ({ inputs }: AssetVersion) => Object.entries(inputs).map(([port, version]) => ({ port, version }))
const wholeOf = (one: AssetVersion) => ({
  ...bodyOf(one),
  inputs: inputsOf(one),
  missing: one.coverage.missing.map(({ partition, reason }) => ({ partition, reason }))
})
const versionsOf = (asset: string, limit?: number): Effect.Effect<ReadonlyArray<AssetVersion>, Problem, StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const found = yield* asProblem(queries.assetVersions(asset, limit))
    if (found.length > 0) return found
    const close = nearest(
      asset,
      (yield* asProblem(queries.assets)).map((one) => one.asset)
    )
    const hint = close === undefined ? "GET /api/v1/assets lists them" : `did you mean "${close}"?`
    return yield* new NotFound({ detail: `no asset "${asset}" was published: ${hint}`, errors: [] })
  })
/** The newest (`latest`), or the one whose hash begins so. */
const versionOf = (asset: string, version: string): Effect.Effect<AssetVersion, Problem, StateQueries> =>
  Effect.gen(function* () {
    const all = yield* versionsOf(asset, version === "latest" ? 1 : undefined)
    const found = version === "latest" ? all[0] : all.find((one) => one.version.startsWith(version))
    if (found !== undefined) return found
    const detail = `${asset} has no version ${version}: GET /api/v1/assets/${asset}/versions lists them`
    return yield* new NotFound({ detail, errors: [] })
  })
/** Versions of an answer about where something comes from. */
const mostOrigins = 1_000
/** The version and all that it was made from, each once, nearest first. */
const lineageOf = (first: AssetVersion): Effect.Effect<ReadonlyArray<OriginBody>, StoreError, StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const names = (yield* queries.assets).map(({ asset }) => asset)
    const all = (yield* Effect.forEach(names, (name) => queries.assetVersions(name))).flat()
    const known = new Map(all.map((one) => [one.version, one]))
    const seen = new Set([first.version])
    const found: Array<OriginBody> = []
    for (const version of seen) {
      if (found.length === mostOrigins) break
      const one = version === first.version ? first : known.get(version)
      const from = one === undefined ? [] : inputsOf(one)
      for (const input of from) seen.add(input.version)
      const { asset = null, producer } = one ?? {}
      const madeAt = producer === undefined ? null : Date.parse(producer.at)
      found.push({ version, asset, run: producer?.run ?? null, stage: producer?.stage ?? null, made_at: madeAt, from })
    }
    return found
  })

export interface Piece {
  readonly format: "json" | "csv"
  /** Rows: how many at most, and how many are left out before them. */
  readonly limit: number
  readonly offset: number
}
/** Rows of a version, or its value, as text of the format. */
export type ReadData = (version: AssetVersion, piece: Piece) => Promise<string>
const usualRows = 1_000

export const assetsOf = (data: ReadData) =>
  HttpApiBuilder.group(Api, "assets", (handlers) =>
    handlers
      .handleRaw("data", ({ params, query: { format = "json", limit = usualRows, offset = 0 } }) =>
        Effect.gen(function* () {
          const found = yield* versionOf(params.name, params.version)
          const piece = { format, limit, offset }
          const text = yield* asProblem(Effect.tryPromise({ try: () => data(found, piece), catch: (error) => error }))
          const rows = found.output.kind === "table" ? { "x-tetra-rows": String(found.output.rows) } : {}
          const contentType = format === "csv" ? "text/csv; charset=utf-8" : "application/json"
          return HttpServerResponse.text(text, { contentType, headers: { ...rows, "x-tetra-version": found.version } })
        })
      )
      .handleAll({
        list: () =>
          Effect.gen(function* () {
            return { items: (yield* asProblem((yield* StateQueries).assets)).map(bodyOf) }
          }),
        one: ({ params }) => Effect.map(versionOf(params.name, "latest"), wholeOf),
        versions: ({ params, query }) =>
          Effect.map(versionsOf(params.name, query.limit ?? 50), (all) => ({ items: all.map(bodyOf) })),
        version: ({ params }) => Effect.map(versionOf(params.name, params.version), wholeOf),
        lineage: ({ params }) =>
          Effect.gen(function* () {
            const found = yield* versionOf(params.name, params.version)
            return { items: yield* asProblem(lineageOf(found)) }
          })
      })
  )
