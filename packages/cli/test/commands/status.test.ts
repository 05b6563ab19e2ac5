import { hostname } from "node:os"
import type { PipelineStateRow, RunRow } from "@tetra/core/engine"
import { assert, describe, it } from "vitest"
import { living } from "../../src/commands/status.ts"

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
})
