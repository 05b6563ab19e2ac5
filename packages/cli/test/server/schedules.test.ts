import { schedules, ticks } from "@tetra/daemon/schedule"
import { layerStore } from "@tetra/core/storage"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { ask } from "../../src/attach/client.ts"
import { aServer, type Running } from "./support/aServer.ts"

interface Row {
  readonly id: string
  readonly status: string
  readonly trigger: { readonly kind: string; readonly detail: string }
}
const everySecond = {
  timezone: "UTC",
  pipelines: { talks: { plugin: "talk", config: { parts: 1 } } },
  pipeline_dependencies: { talks: { schedule: "* * * * * *" } }
}
const completed = async ({ remote }: Running, most = 50): Promise<ReadonlyArray<Row>> => {
  for (let i = 0; i < most; i++) {
    const { items } = await ask<{ items: ReadonlyArray<Row> }>(remote, { method: "GET", path: "/api/v1/runs?limit=100" })
    const ended = items.filter(({ status }) => status === "completed")
    if (ended.length >= 2) return ended
    await new Promise((resolve) => void setTimeout(resolve, 200))
  }
  return []
}

describe("a server with a schedule", () => {
  it("runs it when it is due, once per time, and leaves what comes due while it stops", async () => {
    const server = await aServer(undefined, everySecond)
    const runs = await completed(server)
    expect(runs.length).toBeGreaterThanOrEqual(2)
    expect(runs.map(({ trigger }) => trigger.kind)).toEqual(runs.map(() => "schedule"))
    expect(runs[0]!.trigger.detail).toMatch(/^schedule talks of \d{4}-\d{2}-\d{2} \d{2}:\d{2}/u)
    server.serving.stop(false)
    await server.ended
    const [found, state] = await Effect.runPromise(
      Effect.all([ticks.list({ limit: 10_000 }), schedules.get("talks")]).pipe(
        Effect.provide(layerStore({ home: server.home, stateUrl: undefined })),
        Effect.scoped
      )
    )
    const instants = found.map(({ at }) => at)
    expect(instants).toEqual(instants.map((_, i) => instants[0]! + i * 1000))
    expect(state?.body.watermark).toBe(instants.at(-1))
    const begun = found.flatMap(({ body }) => (body.run === undefined ? [] : [body.run]))
    expect(new Set(begun).size).toBe(begun.length)
    for (const { id } of runs) expect(begun).toContain(id)
  })
})
