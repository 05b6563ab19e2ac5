/** Windows of a backfill in this process. */
import { Engine, Journal, planRun, readAdmission, type WindowOutlook } from "@tetra/core/engine"
import { recorded, secretsAmong, settleOrphans, windowCommand } from "@tetra/daemon/runs"
import { Effect } from "effect"
import { exitCodes } from "../exitCodes.ts"
import type { Refusal } from "../failure.ts"
import { warn } from "../output/warn.ts"
import { refusalOf } from "../runtime.ts"
import { isBefore } from "../session.ts"
import { nextAttempt, unfinished } from "./earlierAttempts.ts"
import { type Backfill, type LiveWindow, NotBegun, windowRequest } from "./runWindows.ts"
import type { WindowShow } from "./show.ts"

const begun = ({ id, project, request: asked, typed }: Backfill, outlook: WindowOutlook, show: WindowShow) =>
  Effect.gen(function* () {
    const engine = yield* Engine
    const request = windowRequest(asked, outlook)
    const built = yield* planRun(project, request)
    const { plan } = built
    const earlier = (yield* settleOrphans(plan, { told: false, say: warn })) ?? (yield* unfinished(outlook, plan))
    const before = earlier === undefined ? 0 : (yield* (yield* Journal).read(earlier)).length
    const onLive: WindowShow["see"] = (event) => (isBefore(event, before) ? show.recall(event) : show.see(event))
    if (earlier !== undefined) return yield* engine.resume(earlier, built, `backfill ${id} goes on`, { onLive })
    return yield* engine.start(built, {
      trigger: { kind: "backfill", detail: typed, window: { backfill: id, ...outlook.window } },
      commandId: windowCommand(id, outlook.window, yield* nextAttempt(id, outlook)),
      configVersion: project.configVersion,
      params: recorded(request, secretsAmong(request, plan)),
      admission: yield* readAdmission(project, plan, Date.now()),
      onLive
    })
  })

export const beginHere = (backfill: Backfill) => (outlook: WindowOutlook, show: WindowShow) =>
  Effect.gen(function* () {
    const { cancel, id, result } = yield* begun(backfill, outlook, show).pipe(
      Effect.catchTag("Busy", (busy) => {
        const reason = (refusalOf(busy) as Refusal).message
        return Effect.fail(new NotBegun({ halt: { code: exitCodes.notRun, reason, told: reason } }))
      })
    )
    return {
      run: id,
      cancel: (reason) => void Effect.runFork(cancel("user", reason)),
      ended: result.pipe(
        Effect.map(({ reason, status }) => ({ status, reason })),
        Effect.catch(({ message }) => Effect.succeed({ status: "failed" as const, reason: message }))
      )
    } satisfies LiveWindow
  })
