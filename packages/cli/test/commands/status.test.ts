import { hostname } from "node:os"
import type { PipelineStateRow, RunRow } from "@tetra/core/engine"
import { assert, describe, it } from "vitest"
import { living, statusLines } from "../../src/commands/status.ts"

const runOf = (pipeline: string, pid: number, host = hostname()): RunRow => ({
  params: null,
  id: `run-${pipeline}`,
  mode: undefined,
  pipelines: [pipeline],
  status: "running",
  planHash: "",
  configVersion: "",
  trigger: { kind: "test", detail: "" },
  owner: { id: "owner", pid, host },
  seq: 1,
  epoch: 1,
  requestedAt: Date.now(),
  endedAt: undefined,
  reason: undefined,
  paused: undefined,
  archivedAt: undefined
})
const running = (pipeline: string): PipelineStateRow => ({
  pipeline,
  lastRun: undefined,
  lastRunAt: undefined,
  lastStatus: undefined,
  lastDurationMs: undefined,
  lastSuccessAt: undefined,
  current: "running"
})

describe("tetra status", () => {
  it("shows no run of a process that is gone, and keeps those that are alive or on another host", () => {
    const names = ["killed", "alive", "elsewhere"]
    const open = [runOf("killed", 4_000_000), runOf("alive", process.pid), runOf("elsewhere", 4_000_000, "another-host")]
    const shown = living(names.map(running), open)
    assert.deepStrictEqual(
      shown.running.map(({ pipelines }) => pipelines[0]),
      ["alive", "elsewhere"]
    )
    assert.deepStrictEqual(
      shown.pipelines.map(({ current }) => current),
      ["idle", "running", "running"]
    )
  })
  it("says of a pipeline whose run is paused, or waits, that it is", () => {
    const open = [
      runOf("goes", process.pid),
      { ...runOf("held", process.pid), paused: "by ada" },
      { ...runOf("queued", process.pid), status: "pending" as const }
    ]
    const look = { color: false, unicode: false, width: undefined }
    const table = statusLines(["goes", "held", "queued"].map(running), open, look, Date.now()).slice(-3)
    assert.deepStrictEqual(
      table.map((line) => line.split(/ +/u).slice(0, 2)),
      [
        ["goes", "running"],
        ["held", "paused"],
        ["queued", "waits"]
      ]
    )
  })
})
