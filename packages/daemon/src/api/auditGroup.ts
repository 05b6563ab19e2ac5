/** The route to the record of who changed what. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { pageOf, pageQuery } from "./pages.ts"
import { problems } from "./problems.ts"

/** Instants are epoch milliseconds. `prev` and `hash` chain the entries. */
const Entry = Schema.Struct({
  seq: Schema.Number,
  at: Schema.Number,
  actor: Schema.String,
  via: Schema.String,
  action: Schema.String,
  target: Schema.String,
  params: Schema.Unknown,
  result: Schema.String,
  request_id: Schema.String,
  prev: Schema.String,
  hash: Schema.String
})
export const auditGroup = HttpApiGroup.make("audit")
  .add(HttpApiEndpoint.get("list", "/audit", { query: pageQuery, success: pageOf(Entry), error: problems }))
  .prefix("/api/v1")
