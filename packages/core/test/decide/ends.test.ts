/** How a run ends, from how its pipelines ended. */
import { describe, expect, it } from "vitest"
import type { Status } from "../../src/domain/Names.ts"
import { initialState } from "../../src/domain/RunState.ts"
import { decideEnd } from "../../src/planning/decideEnd.ts"
import { aPlan } from "../../src/testing/aPlan.ts"

const off = "switched off by a parameter"
type End = readonly [status: Status, reason?: string]
const endOf = (a: End, b: End, isCancelled = false) => {
  const state = initialState(aPlan("a.one, b.two"))
  for (const [i, stage] of [...state.stages.values()].entries())
    if ([a, b][i]?.[1] === off) Object.assign(stage, { status: "skipped", skipCause: "disabled" })
  for (const [i, [status, reason]] of [a, b].entries()) Object.assign([...state.pipelines.values()][i] ?? {}, { status, reason })
  if (isCancelled) state.cancel = { by: "user", reason: "no more" }
  const [command] = decideEnd(state, 0)
  return command?._tag === "Record" && command.event._tag === "RunEnded" ? [command.event.status, command.event.reason] : command
}

describe("a run ends as the worst of its pipelines", () => {
  it.each<[End, End, ReadonlyArray<string | undefined>]>([
    [["completed"], ["completed"], ["completed", undefined]],
    [["completed"], ["partial", "two: half"], ["partial", "b.two: half"]],
    [["skipped", off], ["completed"], ["completed", undefined]],
    [
      ["skipped", off],
      ["partial", "two: half"],
      ["partial", "b.two: half"]
    ],
    [
      ["skipped", off],
      ["skipped", "nothing to read"],
      ["skipped", "b.nothing to read"]
    ],
    [
      ["skipped", off],
      ["skipped", off],
      ["completed", undefined]
    ],
    [
      ["partial", "one: half"],
      ["failed", "two: broke"],
      ["failed", "b.two: broke"]
    ],
    [["completed"], ["cancelled", "no more"], ["cancelled", "b.no more"]]
  ])("%j and %j", (a, b, end) => {
    expect(endOf(a, b)).toEqual(end)
  })
  it("and as cancelled with the reason that was given", () => {
    expect(endOf(["completed"], ["cancelled"], true)).toEqual(["cancelled", "no more"])
  })
})
