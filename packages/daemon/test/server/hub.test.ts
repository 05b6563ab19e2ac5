import type { LiveEvent } from "@tetra/core/engine"
import { describe, expect, it } from "vitest"
import { Hub } from "../../src/server/Hub.ts"

const recorded = (seq: number, event: object): LiveEvent =>
  ({ run: "r1", stage: "s", at: seq, seq, ...event }) as unknown as LiveEvent
const begun = (seq: number, partition: string) => recorded(seq, { _tag: "AttemptStarted", partition, attempt: 1 })

describe("what is at work", () => {
  it("is what has begun here and has not ended", () => {
    const hub = new Hub()
    hub.tell(begun(3, "a"))
    hub.tell(begun(4, "b"))
    hub.tell(recorded(5, { _tag: "UnitCommitted", partition: "a" }))
    expect([hub.working, hub.onlyRun]).toEqual([["run r1 s b"], "r1"])
    hub.tell(recorded(6, { _tag: "RunEnded" }))
    expect([hub.working, hub.onlyRun]).toEqual([[], undefined])
  })
  it("is nothing that the process before had begun when it was killed: its run goes on, and tells that once more", () => {
    const heard: Array<number> = []
    const hub = new Hub((event) => heard.push((event as { readonly seq: number }).seq))
    for (const event of [begun(3, "a"), begun(4, "b")]) hub.tell(event, { known: 4 })
    hub.tell(begun(6, "b"), { known: 4 })
    expect([hub.working, heard]).toEqual([["run r1 s b"], [6]])
  })
})
