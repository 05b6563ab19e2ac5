/** A request to `POST /api/v1/hooks/ID`, from the wire to its answer. */
import { createHash } from "node:crypto"
import { type Json, type Ledger, planRun, type Project, type StoreError } from "@tetra/core/engine"
import { Effect, Schema } from "effect"
import { collection } from "../Collection.ts"
import { eventKey, triggerEvents } from "./records.ts"
import { recordEvents } from "./recordEvents.ts"
import { isOf, triggersOf, type TriggerOf } from "./TriggerSpec.ts"
import { type HookRequest, type Verified, verifyWebhook } from "./verifyWebhook.ts"

export type HookAnswer =
  /** 401, whether there is such a trigger or not. */
  | { readonly status: 401 }
  | { readonly status: 422; readonly problems: Extract<Verified, { readonly _tag: "Invalid" }>["problems"] }
  /** 202: it is new, its run is to begin; 200: it came before, or is left out, as `outcome` says. */
  | { readonly status: 200 | 202; readonly event: string; readonly outcome: string; readonly run: string | undefined }

/** Signatures that were taken, by trigger: the same one under another delivery is a replay. */
export const hookSignatures = collection("trigger_signature", Schema.Struct({ event: Schema.String }))
const signatureKey = ({ id }: TriggerOf<"webhook">, { headers }: HookRequest): string => {
  const signature = headers["x-tetra-signature"] ?? headers["x-hub-signature-256"] ?? ""
  return `${id}/${createHash("sha256").update(signature).digest("hex")}`
}
/** Parameters must fit the pipeline before anything is recorded. */
const problemsOf = (project: Project, spec: TriggerOf<"webhook">, params: Readonly<Record<string, Json>>) =>
  planRun(project, { pipelines: [spec.pipeline], params, lane: "scheduled" }).pipe(
    Effect.as([]),
    Effect.catchTag("PlanInvalid", ({ diagnostics }) =>
      Effect.succeed(
        diagnostics
          .filter(({ level }) => level === "error")
          .map(({ hint, message, path, where }) => ({ path: path ?? where, detail: message, hint }))
      )
    )
  )
const standingOf = (event: string) =>
  Effect.map(triggerEvents.get(event), (kept) => ({
    status: 200 as const,
    event,
    outcome: kept?.body.outcome ?? "run",
    run: kept?.body.run
  }))

/** `now` in epoch milliseconds. */
export const takeWebhook = (
  project: Project,
  id: string,
  request: HookRequest,
  now: number
): Effect.Effect<HookAnswer, StoreError, Ledger> =>
  Effect.gen(function* () {
    const spec = triggersOf(project)
      .filter(isOf("webhook"))
      .find((one) => one.id === id)
    const verified = verifyWebhook(spec, request, now)
    if (verified._tag === "Refused" || spec === undefined) return { status: 401 as const }
    if (verified._tag === "Invalid") return { status: 422 as const, problems: verified.problems }
    const { happening } = verified
    const params = { ...(spec.params as Readonly<Record<string, Json>>), ...happening.params }
    const problems = yield* problemsOf(project, spec, params)
    if (problems.length > 0) return { status: 422 as const, problems }
    const event = eventKey(id, happening.dedupe)
    const signature = signatureKey(spec, request)
    const taken = yield* hookSignatures.get(signature)
    if (taken !== undefined) return yield* standingOf(taken.body.event)
    if ((yield* triggerEvents.get(event)) !== undefined) return yield* standingOf(event)
    const more = [hookSignatures.put({ key: signature, at: now, body: { event } }, 0)]
    const [written] = yield* recordEvents({ spec, happenings: [happening], now, more })
    const outcome = written?.body.outcome ?? "run"
    return { status: outcome === "run" ? (202 as const) : (200 as const), event, outcome, run: undefined }
  }).pipe(
    // The same delivery came twice at once: the other one was heard.
    Effect.retry({ times: 3, while: (error) => error._tag === "LedgerConflict" }),
    Effect.catchTag("LedgerConflict", () => Effect.succeed({ status: 200 as const, event: id, outcome: "run", run: undefined }))
  )
