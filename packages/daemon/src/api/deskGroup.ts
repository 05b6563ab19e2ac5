/** Routes for what the dashboard shows beside a run. The bodies are what its views show, and change with them: for the dashboard of the same version. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { NewRun } from "./newRun.ts"
import { problems } from "./problems.ts"

const body = { success: Schema.Struct({ body: Schema.Unknown }), error: problems }
const name = Schema.NonEmptyString
const view = Schema.Literals([
  "overview",
  "graph",
  "stages",
  "logs",
  "charts",
  "history",
  "schedule",
  "health",
  "config",
  "events"
])
export type DeskView = typeof view.Type

export const deskGroup = HttpApiGroup.make("desk")
  .add(
    HttpApiEndpoint.get("view", "/desk/views/:view", { params: { view }, ...body }),
    HttpApiEndpoint.get("charts", "/desk/charts", { query: { run: name, before: Schema.optionalKey(name) }, ...body }),
    HttpApiEndpoint.get("column", "/desk/column", { query: { asset: name, column: name }, ...body }),
    HttpApiEndpoint.get("compare", "/desk/compare", { query: { before: name, after: name }, ...body }),
    HttpApiEndpoint.get("why", "/desk/why", { query: { run: name, stage: name }, ...body }),
    HttpApiEndpoint.post("schedule", "/desk/schedules/:id/:action", {
      params: { id: name, action: Schema.Literals(["pause", "resume", "trigger"]) },
      ...body
    }),
    HttpApiEndpoint.post("dryRun", "/desk/dry-run", {
      payload: Schema.Struct({ request: NewRun, line: Schema.String }),
      ...body
    })
  )
  .prefix("/api/v1")
