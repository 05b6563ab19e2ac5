/** What Tetra tells without a rule: each case is so, is told, and is over when it is no longer so. */
import { Ledger, MemoryStores, type RunRow, type Write } from "@tetra/core/engine"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { type BuiltInFacts, builtInReadings } from "../../src/alerting/builtIn.ts"
import type { Delivery } from "../../src/alerting/records.ts"
import { commit } from "../../src/Collection.ts"
import { daemonLives } from "../../src/lifecycle/lives.ts"
import { configReloads } from "../../src/reload/Reloader.ts"
import { clockKey, clockRecord } from "../../src/schedule/records.ts"
import { anAlerting, hour, minute } from "./aStory.ts"

const now = Date.parse("2026-11-23T12:00:00Z")
const alerting = anAlerting({
  channels: { slack: { webhook_url: "x" }, email: { smtp_server: "x", recipients: ["x"] } },
  default_channels: ["slack"]
})
const calm: BuiltInFacts = {
  alerting,
  specs: [],
  pipelines: new Map(),
  disk: { status: "ok", free_bytes: 5e11, total_bytes: 1e12, free_ratio: 0.5 },
  overdue: [],
  open: [],
  recent: [],
  firstDue: () => Effect.succeed(undefined),
  now
}
/** As lines: rule, severity, subject, channels. */
const told = (facts: Partial<BuiltInFacts>, ...kept: ReadonlyArray<Write>) =>
  Effect.runPromise(
    Effect.gen(function* () {
      if (kept.length > 0) yield* commit(...kept)
      const all = yield* builtInReadings({ ...calm, ...facts })
      return all.map(({ rule, subject, text }) => [
        `${rule.name} ${rule.severity}: ${Object.values(subject).join(" ")} -> ${rule.channels.join(", ")}`,
        text
      ])
    }).pipe(Effect.provideService(Ledger, new MemoryStores().ledger))
  )
const aRun = (status: string, requestedAt: number) => ({ id: "r1", status, requestedAt, pipelines: ["p"] }) as unknown as RunRow
const aDelivery = (channel: string, state: string, error?: string) =>
  ({ key: `${channel}|1`, at: now, version: 1, body: { channel, state, error } }) as unknown as Delivery
const aLife = (end: "stopped" | "unclean", endedAt: number) =>
  daemonLives.put({ key: "i", at: endedAt - hour, body: { host: "h", home: "/", pid: 7, version: "1", end, endedAt } })
const aReload = (outcome: "taken" | "rejected") =>
  configReloads.put({
    key: "1",
    at: now,
    body: { outcome, by: "a save", from: "1", to: "2", paths: [], effects: [], problems: ["tetra.yaml:3: no such thing"] }
  })

describe("without a rule is told", () => {
  it("nothing while nothing is wrong", async () => {
    expect(await told({}, aLife("stopped", now), aReload("taken"))).toEqual([])
  })
  it("stuck_pending: a run that has waited to begin for more than an hour", async () => {
    expect(await told({ open: [aRun("pending", now - 61 * minute)] })).toEqual([
      ["stuck_pending medium: p r1 -> slack", "run r1 has waited to begin for more than an hour"]
    ])
    expect(await told({ open: [aRun("pending", now - 59 * minute), aRun("running", now - 5 * hour)] })).toEqual([])
  })
  it("delivery_failing: on another channel than the one that fails, until it delivers again", async () => {
    expect(await told({ recent: [aDelivery("slack", "dead", "HTTP 404"), aDelivery("slack", "sent")] })).toEqual([
      ["delivery_failing high: slack -> email", "slack does not deliver: HTTP 404"]
    ])
    expect(await told({ recent: [aDelivery("email", "dead"), aDelivery("slack", "sent")] })).toEqual([
      ["delivery_failing high: email -> slack", "email does not deliver: no answer"]
    ])
    expect(await told({ recent: [aDelivery("slack", "sent"), aDelivery("slack", "dead")] })).toEqual([])
    const alone = anAlerting({ channels: { slack: { webhook_url: "x" } } })
    expect((await told({ alerting: alone, recent: [aDelivery("slack", "dead", "gone")] }))[0]?.[0]).toMatch(/-> console$/u)
  })
  it("disk_low: when there is little room, and as critical when there is none to begin anything", async () => {
    const disk = (status: "warn" | "fail") => ({ ...calm.disk, status, free_bytes: 1024 ** 3 })
    expect(await told({ disk: disk("warn") })).toEqual([["disk_low high: disk -> slack", "1.0 GB are free"]])
    expect(await told({ disk: disk("fail") })).toEqual([["disk_low critical: disk -> slack", "1.0 GB are free"]])
  })
  it("clock_anomaly: while schedules are held because of the clock", async () => {
    const held = (reason?: string) =>
      clockRecord.put({ key: clockKey, at: now, body: { seen: now, ...(reason === undefined ? {} : { held: reason }) } })
    expect(await told({}, held("the clock went back"))).toEqual([
      ["clock_anomaly critical: clock -> slack", "the clock went back"]
    ])
    expect(await told({}, held())).toEqual([])
  })
  it("unclean_restart: for a quarter of an hour after a daemon that was cut off", async () => {
    const text = "process 7 on h ended without being stopped: logs/daemon.jsonl has its last lines"
    expect(await told({}, aLife("unclean", now - 14 * minute))).toEqual([["unclean_restart medium: daemon -> slack", text]])
    expect(await told({}, aLife("unclean", now - 16 * minute))).toEqual([])
  })
  it("config_rejected: what is wrong with the last save, until one is taken", async () => {
    expect(await told({}, aReload("rejected"))).toEqual([
      ["config_rejected medium: configuration -> slack", "tetra.yaml:3: no such thing"]
    ])
  })
})
