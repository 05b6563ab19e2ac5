/** Routes for what the pipelines provide: versions, lineage, and the data itself, a piece at a time. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { wholeNumber } from "./parameters.ts"
import { problems } from "./problems.ts"

const maybe = Schema.optionalKey
/** Instants are epoch milliseconds. */
const Version = Schema.Struct({
  asset: Schema.String,
  version: Schema.String,
  kind: Schema.Literals(["table", "value"]),
  type: Schema.String,
  /** Of a table. */
  rows: Schema.NullOr(Schema.Number),
  bytes: Schema.Number,
  made_at: Schema.Number,
  run: Schema.String,
  stage: Schema.String,
  coverage: Schema.Struct({ done: Schema.Number, expected: Schema.Number, ratio: Schema.Number }),
  /** What the rows are about until, and when the last of them was known, as they are recorded. */
  as_of: Schema.NullOr(Schema.String),
  known_at: Schema.NullOr(Schema.String),
  degraded: Schema.NullOr(Schema.String)
})
export type VersionBody = typeof Version.Type
const Missing = Schema.Struct({ partition: Schema.String, reason: Schema.String })
const Input = Schema.Struct({ port: Schema.String, version: Schema.String })
const OneVersion = Schema.Struct({ ...Version.fields, inputs: Schema.Array(Input), missing: Schema.Array(Missing) })
/** A version, and those that it was made from, back to the beginning. `asset`, `run`: null where it is published under no name. */
const Origin = Schema.Struct({
  version: Schema.String,
  asset: Schema.NullOr(Schema.String),
  run: Schema.NullOr(Schema.String),
  stage: Schema.NullOr(Schema.String),
  made_at: Schema.NullOr(Schema.Number),
  from: Schema.Array(Input)
})
export type OriginBody = typeof Origin.Type
/** Rows of one answer. */
export const mostRows = 10_000
const name = { name: Schema.String }
const version = { name: Schema.String, version: Schema.String }
const dataQuery = {
  format: maybe(Schema.Literals(["json", "csv"])),
  limit: maybe(wholeNumber(1, mostRows)),
  offset: maybe(wholeNumber(0, 1_000_000_000))
}

export const assetsGroup = HttpApiGroup.make("assets")
  .add(
    HttpApiEndpoint.get("list", "/assets", { success: Schema.Struct({ items: Schema.Array(Version) }), error: problems }),
    HttpApiEndpoint.get("one", "/assets/:name", { params: name, success: OneVersion, error: problems }),
    HttpApiEndpoint.get("versions", "/assets/:name/versions", {
      params: name,
      query: { limit: maybe(wholeNumber(1, 500)) },
      success: Schema.Struct({ items: Schema.Array(Version) }),
      error: problems
    }),
    HttpApiEndpoint.get("version", "/assets/:name/versions/:version", {
      params: version,
      success: OneVersion,
      error: problems
    }),
    HttpApiEndpoint.get("lineage", "/assets/:name/versions/:version/lineage", {
      params: version,
      success: Schema.Struct({ items: Schema.Array(Origin) }),
      error: problems
    }),
    /** The header `X-Tetra-Rows` says how many rows there are in all. */
    HttpApiEndpoint.get("data", "/assets/:name/versions/:version/data", {
      params: version,
      query: dataQuery,
      success: [
        Schema.Unknown.pipe(HttpApiSchema.asJson()),
        Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/csv" }))
      ],
      error: problems
    })
  )
  .prefix("/api/v1")
