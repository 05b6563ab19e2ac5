import type { StoredEvent } from "@tetra/core/engine"
import { describe, expect, it } from "vitest"
import { assetEvents } from "../../src/trigger/assetEvents.ts"
import { decideEvents, type TriggerWrite } from "../../src/trigger/decideEvent.ts"
import type { TriggerState } from "../../src/trigger/records.ts"
import type { TriggerOf } from "../../src/trigger/TriggerSpec.ts"
import { aTrigger } from "./aTrigger.ts"

const now = Date.parse("2026-11-22T12:00Z")
const happened = (...names: ReadonlyArray<string>) => names.map((dedupe) => ({ dedupe, about: dedupe }))
const outcomes = (writes: ReadonlyArray<TriggerWrite>) => writes.map(({ body, due, key }) => [key, body.outcome, due])

describe("what becomes of an event", () => {
  it("is a run, at once, with the parameters of the trigger and its own", () => {
    const spec = aTrigger({ kind: "daemon_start", params: { days: 3, symbols: "SPY" } })
    const [write] = decideEvents(spec, [{ dedupe: "a", about: "it", params: { days: 5 } }], { state: {}, lastHour: [] }, now)
    expect(write).toMatchObject({
      key: "t/a",
      due: now,
      version: 0,
      body: { outcome: "run", params: { days: 5, symbols: "SPY" } }
    })
  })
  it("is recorded and left out while the trigger is paused, and beyond its runs of an hour", () => {
    const spec = aTrigger({ kind: "daemon_start", max_per_hour: 2 })
    const paused = { state: { paused: { by: "ann", since: 0 } }, lastHour: [] }
    expect(outcomes(decideEvents(spec, happened("a"), paused, now))).toEqual([["t/a", "paused", undefined]])
    const first = decideEvents(spec, happened("a", "b", "c"), { state: {}, lastHour: [] }, now)
    expect(outcomes(first).map(([, outcome]) => outcome)).toEqual(["run", "run", "rate_limited"])
    const later = now + 3_600_000
    const lastHour = first.map((write) => ({ ...write, version: 1, at: later - 3_600_000 }))
    expect(outcomes(decideEvents(spec, happened("d"), { state: {}, lastHour }, later))).toEqual([["t/d", "run", later]])
  })
  it("waits for its debounce, and becomes part of what comes meanwhile", () => {
    const spec = aTrigger({ kind: "daemon_start", debounce: "30s", max_per_hour: 2 })
    const first = decideEvents(spec, happened("a", "b"), { state: {}, lastHour: [] }, now)
    expect(outcomes(first)).toEqual([
      ["t/a", "superseded", undefined],
      ["t/b", "run", now + 30_000]
    ])
    const lastHour = first.map((write) => ({ ...write, version: 1 }))
    expect(outcomes(decideEvents(spec, happened("c"), { state: {}, lastHour }, now + 10_000))).toEqual([
      ["t/b", "superseded", undefined],
      ["t/c", "run", now + 40_000]
    ])
    expect(outcomes(decideEvents(spec, happened("c"), { state: {}, lastHour }, now + 31_000))).toEqual([
      ["t/c", "run", now + 61_000]
    ])
  })
})

const published = (asset: string, version: string, more: object = {}) =>
  ({
    _tag: "AssetPublished",
    asset,
    stage: "other.stage",
    output: { version },
    coverage: { ratio: 1 },
    unchanged: false,
    ...more
  }) as unknown as StoredEvent
const stepped = (written: object, ...events: ReadonlyArray<StoredEvent>) => {
  let state: TriggerState = {}
  const found: Array<string> = []
  const spec = aTrigger({ kind: "asset", ...written }) as TriggerOf<"asset">
  // One at a time: what is remembered in between is all there is.
  for (const event of events) {
    const step = assetEvents(spec, JSON.parse(JSON.stringify(state)) as TriggerState, [event])
    state = step.state
    found.push(...step.happenings.map(({ dedupe }) => dedupe))
  }
  return found
}
describe("a new version of an asset", () => {
  it("is an event when its content is new, whole, and made by another pipeline", () => {
    const events = [
      published("a", "1"),
      published("a", "1"),
      published("a", "2", { unchanged: true }),
      published("a", "3", { degraded: "fallback" }),
      published("a", "4", { coverage: { ratio: 0.5 } }),
      published("a", "5", { stage: "p.stage" }),
      published("b", "6"),
      published("a", "7")
    ]
    expect(stepped({ assets: ["a"] }, ...events)).toEqual(["a@1", "a@7"])
    expect(stepped({ assets: ["a"], include_degraded: true }, ...events)).toEqual(["a@1", "a@3", "a@4", "a@7"])
  })
  it("waits for all of them when all are asked for: each newer than the one before", () => {
    const events = [published("b", "1"), published("a", "1"), published("a", "2"), published("a", "3"), published("b", "2")]
    expect(stepped({ assets: ["b", "a"], when: "all" }, ...events)).toEqual(["a@1,b@1", "a@3,b@2"])
  })
})
