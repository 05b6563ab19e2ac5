import { Journal, type Project, type RunEvent, StateQueries } from "@tetra/core/engine"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"

const shape = (assets: ReadonlyArray<string>, reads: ReadonlyArray<string>) => ({
  provides: new Map(assets.map((asset) => [asset, "load"])),
  requires: new Map(reads.map((asset) => [asset, { soft: false }]))
})
/** Two pipelines, `up` (prices) and `down` (report, of prices), with this alerting. */
export const aProject = (alerting: object, more: object = {}): Project => {
  const pipelines = new Map([
    ["up", { shape: shape(["prices"], []) }],
    ["down", { shape: shape(["report"], ["prices"]) }]
  ])
  const catalogue = { pipelines, contributions: new Map(), groups: new Map() }
  return { catalogue, config: { alerting, ...more }, environment: "test", home: "/", configVersion: "1" } as unknown as Project
}
/** Writes runs of one stage as they happen, at the time of the test's clock. */
export const aRecorder = (stores: { readonly layer: Layer.Layer<Journal, unknown> }) => {
  const open = new Map<string, number>()
  const write = (run: string, ...events: ReadonlyArray<RunEvent>) =>
    Effect.gen(function* () {
      const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      const journal = yield* Journal
      const seq = open.get(run)
      if (seq === undefined) {
        const owner = { id: "o", pid: 1, host: "elsewhere" }
        open.set(run, (yield* journal.create({ id: run, commandId: undefined, owner, events, at: now })).seq)
      } else open.set(run, yield* journal.append({ run, expectedSeq: seq, epoch: 1, now }, events))
    }).pipe(Effect.provide(Layer.orDie(stores.layer)))
  const begin = (run: string, pipeline: string) =>
    write(
      run,
      {
        _tag: "RunRequested",
        planHash: "",
        mode: "daily",
        pipelines: [pipeline],
        params: {},
        trigger: { kind: "cli", detail: "" },
        force: false,
        commandId: undefined,
        configVersion: "1",
        plugins: {}
      },
      { _tag: "PipelineStarted", pipeline }
    )
  const publish = (run: string, pipeline: string, asset: string) =>
    write(run, {
      _tag: "AssetPublished",
      asset,
      stage: `${pipeline}.load`,
      output: { kind: "table", type: "T", version: `v-${run}`, rows: 1, bytes: 1, more: [], files: [] },
      coverage: { done: 1, expected: 1, ratio: 1, missing: [] },
      inputs: {},
      unchanged: false,
      degraded: undefined
    })
  const end = (run: string, pipeline: string, status: "completed" | "failed", ...more: ReadonlyArray<RunEvent>) =>
    write(
      run,
      {
        _tag: "PipelineEnded",
        pipeline,
        status,
        records: 1,
        durationMs: 1000,
        reason: status === "failed" ? "no data" : undefined
      },
      ...more,
      { _tag: "RunEnded", status, reason: undefined, durationMs: 1000 }
    )
  return { begin, publish, end, write, queries: StateQueries, adjust: TestClock.adjust }
}
