/** Routes for the recorded reasons of what happened. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { problems } from "./problems.ts"

export interface Node {
  readonly kind: string
  readonly text: string
  readonly at?: number
  readonly tookMs?: number
  readonly children: ReadonlyArray<Node>
}
/** Instants are epoch milliseconds. */
const Node = Schema.Struct({
  kind: Schema.String,
  text: Schema.String,
  at: Schema.optionalKey(Schema.Number),
  tookMs: Schema.optionalKey(Schema.Number),
  children: Schema.Array(Schema.suspend((): Schema.Codec<Node> => Node))
}).annotate({ identifier: "WhyNode" })
const kinds = ["run", "stage", "pipeline", "asset", "alert"] as const
export type WhyKindName = (typeof kinds)[number]
/** `run`: look at this run; the newest that has it when it is left away. */
const query = { run: Schema.optionalKey(Schema.NonEmptyString) }

export const whyGroup = HttpApiGroup.make("why")
  .add(
    HttpApiEndpoint.get("name", "/why/:name", { params: { name: Schema.String }, query, success: Node, error: problems }),
    HttpApiEndpoint.get("kind", "/why/:kind/:name", {
      params: { kind: Schema.Literals(kinds), name: Schema.String },
      query,
      success: Node,
      error: problems
    })
  )
  .prefix("/api/v1")
