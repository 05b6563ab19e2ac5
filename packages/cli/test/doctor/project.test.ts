import { hostname } from "node:os"
import { type RunRow, StoreError } from "@tetra/core/engine"
import { describe, expect, it } from "vitest"
import { refusalFindings, type Shared, sharedFindings } from "../../src/doctor/project.ts"
import { overuseFinding } from "../../src/doctor/resources.ts"
import { type Recorded, serverFindings, storeFindings, unreadableFinding } from "../../src/doctor/store.ts"
import { Refusal } from "../../src/failure.ts"

const now = Date.UTC(2026, 0, 31, 12)
/** No process has this number. */
const nobody = 2 ** 22 + 1
const aRun = (changes: Partial<RunRow> = {}): RunRow => ({
  id: "20260131T120000000-abc123",
  mode: "daily",
  pipelines: ["data_pipeline"],
  status: "running",
  planHash: "",
  configVersion: "",
  trigger: { kind: "test", detail: "" },
  params: {},
  owner: { id: "owner", host: hostname(), pid: nobody },
  seq: 1,
  epoch: 1,
  requestedAt: now - 1000,
  endedAt: undefined,
  reason: undefined,
  paused: undefined,
  archivedAt: undefined,
  ...changes
})
describe("the store", () => {
  const nothing: Recorded = { last: undefined, assets: 0, open: [] }
  it("says what it holds", () => {
    expect(storeFindings(nothing, now)).toMatchObject([{ state: "ok", found: "no run, 0 assets, 0 open runs" }])
    const last = aRun({ status: "completed", endedAt: now })
    expect(storeFindings({ last, assets: 2, open: [] }, now)).toMatchObject([
      { state: "ok", found: "last run 20260131T120000000-abc123, 2 assets, 0 open runs" }
    ])
  })
  it("holds a run whose process is gone: how it goes on, or is given up", () => {
    const run = aRun()
    const [, found] = storeFindings({ last: run, assets: 0, open: [run] }, now)
    expect(found).toMatchObject({ check: "runs", state: "warning", found: expect.stringContaining(`process ${nobody} is gone`) })
    expect(found?.mend).toContain("`tetra run --resume 20260131T120000000-abc123` continues it")
    expect(found?.mend).toContain("`tetra cancel 20260131T120000000-abc123`")
  })
  it("leaves a run alone whose process is there", () => {
    const run = aRun({ owner: { id: "owner", host: "another-host", pid: nobody } })
    expect(storeFindings({ last: run, assets: 0, open: [run] }, now)).toHaveLength(1)
  })
  it("is moved away only where it may be broken: else it says itself what to do", () => {
    const place = { home: "/home/x/.tetra", stateUrl: undefined }
    const refused = (reason: StoreError["reason"]) =>
      unreadableFinding(new StoreError({ reason, detail: "what is wrong", hint: "what to do" }), place)
    for (const reason of ["full", "locked", "newer", "unsynced"] as const)
      expect(refused(reason)).toEqual({ check: "store", state: "error", found: "what is wrong", mend: "what to do" })
    for (const reason of ["corrupt", "other"] as const) expect(refused(reason).mend).toContain("tetra state verify")
  })
  it("was written under a clock that was ahead", () => {
    const last = aRun({ requestedAt: now + 3_600_000, endedAt: now + 3_600_001 })
    expect(storeFindings({ ...nothing, last }, now)[1]).toMatchObject({
      check: "clock",
      state: "warning",
      found: expect.stringContaining("60 min in the future"),
      mend: expect.stringContaining("set the clock")
    })
  })
})
describe("the server", () => {
  const note = { pid: 42, version: "0.1.0" }
  it("is not there, which is no finding", () => {
    expect(serverFindings("stopped", undefined, "0.1.0")).toEqual([])
  })
  it("runs, or runs an older version", () => {
    expect(serverFindings("running", note, "0.1.0")).toMatchObject([{ state: "ok", mend: "" }])
    expect(serverFindings("running", note, "0.2.0")).toMatchObject([
      {
        state: "warning",
        found: expect.stringContaining("is version 0.1.0, this is 0.2.0"),
        mend: expect.stringContaining("tetra stop")
      }
    ])
  })
  it("died, or does not answer", () => {
    const ended = { at: now, why: "out of memory" }
    expect(serverFindings("stale", { ...note, ended }, "0.1.0")).toMatchObject([
      { state: "warning", found: expect.stringContaining("out of memory"), mend: expect.stringContaining("tetra start") }
    ])
    expect(serverFindings("unreachable", note, "0.1.0")).toMatchObject([
      { state: "error", mend: expect.stringContaining("tetra stop --now") }
    ])
  })
})
describe("a project that does not open", () => {
  it("gives each problem as a finding, with what to do about it", () => {
    const problems = [
      { level: "error" as const, where: "tetra.yaml:3:1", path: "modes.x", message: "no such pipeline", hint: "did you mean y?" },
      { level: "warning" as const, where: "tetra.yaml:9:1", message: "odd", hint: "" }
    ]
    expect(refusalFindings(new Refusal("2 to mend", { problems }))).toEqual([
      { check: "configuration", state: "error", found: "tetra.yaml:3:1: modes.x: no such pipeline", mend: "did you mean y?" },
      {
        check: "configuration",
        state: "warning",
        found: "tetra.yaml:9:1: odd",
        mend: expect.stringContaining("tetra config validate")
      }
    ])
  })
  it("is none at all, or fails in a way that nobody thought of", () => {
    expect(refusalFindings(new Refusal("there is no project", { hint: "make one" }))).toMatchObject([
      { state: "warning", mend: "make one" }
    ])
    expect(refusalFindings(new Error("broken"))).toMatchObject([
      { state: "error", found: "broken", mend: expect.stringContaining("tetra config validate") }
    ])
  })
})
describe("copies of what plugins share", () => {
  const ours = { folder: "/cli/node_modules/effect", version: "4.1.0" }
  const shared: Shared = { name: "effect", ours, project: ours, plugins: [], isTyped: true }
  const other = (version: string) => ({ folder: "/project/node_modules/x/node_modules/effect", version })

  it("is one", () => {
    expect(sharedFindings(shared)).toEqual([{ check: "instances", state: "ok", found: "one effect, 4.1.0", mend: "" }])
    expect(sharedFindings({ ...shared, project: undefined, isTyped: false })).toMatchObject([{ state: "ok" }])
    expect(sharedFindings({ ...shared, plugins: [["x", other("4.1.0")]] })).toMatchObject([{ state: "ok" }])
    expect(sharedFindings({ ...shared, ours: undefined })).toEqual([])
  })
  it("has no types where modules of the project are checked", () => {
    expect(sharedFindings({ ...shared, project: undefined })).toMatchObject([
      { state: "warning", mend: expect.stringContaining("npm install --save-dev effect@4.1.0") }
    ])
  })
  it("is another in the project, or in a plugin", () => {
    expect(sharedFindings({ ...shared, project: other("4.2.0") })).toMatchObject([
      { state: "warning", found: expect.stringContaining("4.2.0"), mend: expect.stringContaining("install effect@4.1.0") }
    ])
    expect(sharedFindings({ ...shared, plugins: [["@acme/x", other("4.0.1")]] })).toMatchObject([
      { state: "warning", found: expect.stringContaining('"@acme/x"'), mend: expect.stringContaining("peerDependencies") }
    ])
  })
})
describe("a stage that takes more than it declares", () => {
  it("is told where to declare it", () => {
    expect(overuseFinding({ stage: "data_pipeline.fetch", resource: "cpu", declared: 0, used: 2 })).toMatchObject({
      state: "warning",
      found: "data_pipeline.fetch took 2 of cpu and declares none",
      mend: expect.stringContaining("policy.resources.cpu")
    })
  })
})
