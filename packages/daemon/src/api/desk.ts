/** What the dashboard shows beside a run, over the API. Who serves knows how it is looked up: this passes it on. */
import type { RunRequest } from "@tetra/core/engine"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { asProblem } from "../server/RunService.ts"
import { Api } from "./definition.ts"
import type { DeskView } from "./deskGroup.ts"
import { requestOfClient } from "./newRun.ts"
import type { ReadData } from "./assets.ts"
import type { ProjectFacts } from "./project.ts"
import type { Why } from "./why.ts"

/** Every answer is JSON, and may fail with an error that says what to do. */
export interface DeskLookups {
  readonly view: (view: DeskView) => Promise<unknown>
  readonly charts: (run: string, before: string | undefined) => Promise<unknown>
  readonly column: (asset: string, column: string) => Promise<unknown>
  readonly compare: (before: string, after: string) => Promise<unknown>
  readonly why: (run: string, stage: string) => Promise<unknown>
  /** Asks something of a schedule; answers what became of it in one sentence. */
  readonly schedule: (action: "pause" | "resume" | "trigger", id: string) => Promise<unknown>
  readonly dryRun: (request: RunRequest, line: string) => Promise<unknown>
  /** What a run would do, and the recorded reasons of what happened, as data. */
  readonly plan: ProjectFacts["plan"]
  readonly reasons: Why
  readonly data: ReadData
}
/** As it arrives: what is undefined is not there. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const looked = (look: () => Promise<unknown>) =>
  asProblem(Effect.tryPromise({ try: async () => ({ body: asJson(await look()) }), catch: (error) => error }))

export const deskOf = (desk: DeskLookups) =>
  HttpApiBuilder.group(Api, "desk", (handlers) =>
    handlers.handleAll({
      view: ({ params }) => looked(() => desk.view(params.view)),
      charts: ({ query }) => looked(() => desk.charts(query.run, query.before)),
      column: ({ query }) => looked(() => desk.column(query.asset, query.column)),
      compare: ({ query }) => looked(() => desk.compare(query.before, query.after)),
      why: ({ query }) => looked(() => desk.why(query.run, query.stage)),
      schedule: ({ params }) => looked(() => desk.schedule(params.action, params.id)),
      dryRun: ({ payload }) => looked(() => desk.dryRun(requestOfClient(payload.request), payload.line))
    })
  )
