/** What a save of the configuration came to, as the API tells it. */
import { Schema } from "effect"
import type { Reload as ReloadOutcome } from "../reload/index.ts"

const Change = Schema.Struct({
  path: Schema.String,
  kind: Schema.Literals(["added", "removed", "changed"]),
  before: Schema.optionalKey(Schema.Unknown),
  after: Schema.optionalKey(Schema.Unknown)
})
export const Difference = { changes: Schema.Array(Change), effects: Schema.Array(Schema.String) }
/** What a save came to. Instants are epoch milliseconds. */
export const Reload = Schema.Union([
  Schema.Struct({ outcome: Schema.tag("same") }),
  Schema.Struct({ outcome: Schema.tag("taken"), at: Schema.Number, ...Difference }),
  Schema.Struct({ outcome: Schema.tag("rejected"), at: Schema.Number, problems: Schema.Array(Schema.String) })
])
export const reloadBody = (reload: ReloadOutcome): typeof Reload.Type => {
  if (reload._tag === "Same") return { outcome: "same" }
  const { at } = reload
  return reload._tag === "Taken"
    ? { outcome: "taken", at, ...reload.difference }
    : { outcome: "rejected", at, problems: reload.problems }
}
