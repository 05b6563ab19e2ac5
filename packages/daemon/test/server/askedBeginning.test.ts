import { backfillId, type PlannedPipeline } from "@tetra/core/engine"
import { Effect, Exit } from "effect"
import { describe, expect, it } from "vitest"
import type { NewRun } from "../../src/api/newRun.ts"
import { requestOfClient } from "../../src/api/newRun.ts"
import { askedBeginning, type Asking } from "../../src/server/askedBeginning.ts"

const pipelines = [{ name: "sales_pipeline", plugin: "shop", params: {} }] as unknown as ReadonlyArray<PlannedPipeline>
const id = backfillId(pipelines)
const socket: Asking = { caller: { actor: "me", via: "socket" }, by: "somebody on the socket", key: "k" }
const token: Asking = { ...socket, caller: { actor: "token ci", via: "http" } }
const begun = (asked: NewRun, asking = socket) => Effect.runSyncExit(askedBeginning(asked, { pipelines }, asking))
const window = { startDate: "2026-01-01", endDate: "2026-01-31", typed: "tetra backfill", backfill: { attempt: 1 } }

describe("what a client's run begins as", () => {
  it("is a command that was typed, from who owns the socket alone", () => {
    expect(begun({ typed: "tetra run" })).toEqual(
      Exit.succeed({ key: "k", trigger: { kind: "cli", detail: "tetra run", served: true } })
    )
    expect(begun({})).toEqual(Exit.succeed({ key: "k", trigger: { kind: "api", detail: "somebody on the socket" } }))
    expect(begun({ typed: "tetra run" }, token)).toEqual(Exit.succeed({ key: "k", trigger: { kind: "api", detail: "token ci" } }))
  })
  it("is a window of the backfill that its plan is one of, with the command of that window", () => {
    const trigger = { kind: "backfill", window: { backfill: id, start: "2026-01-01", end: "2026-01-31" }, served: true }
    const key = `backfill/${id}/2026-01-01..2026-01-31`
    expect(begun(window)).toEqual(Exit.succeed({ key, trigger: { ...trigger, detail: "tetra backfill" } }))
    expect(begun({ ...window, backfill: { attempt: 3 } }, token)).toEqual(
      Exit.succeed({ key: `${key}/3`, trigger: { ...trigger, detail: "token ci" } })
    )
    expect(requestOfClient(window)).toEqual({
      lane: "backfill",
      params: {},
      startDate: "2026-01-01",
      endDate: "2026-01-31"
    })
  })
  it("is refused as a window without its days", () => {
    const { endDate: _, ...half } = window
    expect(JSON.stringify(begun(half))).toContain("a window of a backfill needs startDate and endDate")
  })
})
