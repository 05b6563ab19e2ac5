/** What it costs to ask every rule about every pipeline, as the daemon does every 15 seconds. Processor time, as neighbours on the machine cost none of it. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import type { Project } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Clock, Effect } from "effect"
import { expect, test } from "vitest"
import { incidents } from "../packages/daemon/src/alerting/records.ts"
import { makeWatch, sweepMs } from "../packages/daemon/src/alerting/watch.ts"
import { aProject } from "../packages/daemon/test/schedule/aSpec.ts"
import { budgets, measured } from "./budgets.ts"
import { fillWithRuns } from "./finishedRuns.ts"

/** Neighbours on the machine cost caches too: only what is far beyond the budget fails. */
const gate = 2
const names = Array.from({ length: 500 }, (_, i) => `p${i}`)
const conditions = [
  "pipeline_status == 'failed'",
  "data_age_hours > 48",
  "error_rate > 0.9",
  "duration_minutes > 120",
  "consecutive_failures >= 3",
  "hours_since_success > 30 && !pipeline_running",
  "duration_ratio > 3.0",
  "records_ratio < 0.5",
  "coverage < 0.9",
  "missed_ticks > 2",
  "data_freshness == 'stale'",
  "glob(pipeline, 'x_*') && degraded",
  "last_duration_minutes > 90",
  "paused && duration_minutes > 10",
  "data_age_hours > max_data_age_hours * 2.0",
  "pipeline_status == 'partial' && coverage < 0.5",
  "records_processed == 0",
  "attempt_error_rate > 0.5",
  "pipeline in ['q1', 'q2'] && pipeline_status != 'completed'",
  "hours_since_success > 48 || consecutive_failures > 5"
]
const until = Date.parse("2026-11-22T12:00Z")
const aWatched = (home: string): Project => {
  const { catalogue, config } = aProject(Object.fromEntries(names.map((name) => [name, ["0 19 * * *"]])))
  const rules = conditions.map((condition, i) => ({ name: `Rule ${i}`, condition, severity: "high", channels: ["console"] }))
  const withAlerts = { catalogue: { ...catalogue, contributions: new Map() }, config: { ...config, alerting: { rules } } }
  return { ...withAlerts, environment: "production", home, configVersion: "1" } as unknown as Project
}

test(`the budget of ${budgets.alertTick.name}`, async () => {
  const home = mkdtempSync(join(tmpdir(), "tetra-alerts-"))
  try {
    const every = Effect.scoped(Effect.void).pipe(Effect.provide(layerStore({ home, stateUrl: undefined })))
    await Effect.runPromise(every)
    // Twelve of each; some of the newest have failed.
    fillWithRuns(home, { runs: 12 * names.length, everyMs: 2_000, until, pipelines: names })
    const project = aWatched(home)
    let now = until + 60_000
    const looks = Effect.gen(function* () {
      const real = yield* Clock.Clock
      const clock = Object.create(real, { currentTimeMillis: { value: Effect.sync(() => now) } }) as typeof real
      const { turn } = makeWatch({ project: () => project })
      const spent: Array<number> = []
      for (let look = 0; look < 40; look++) {
        const before = process.cpuUsage()
        yield* Effect.provideService(turn, Clock.Clock, clock)
        const { system, user } = process.cpuUsage(before)
        spent.push((system + user) / 1000)
        now += sweepMs
      }
      return { spent, found: (yield* incidents.list({ limit: 1_000 })).length }
    })
    const { found, spent } = await Effect.runPromise(looks.pipe(Effect.provide(layerStore({ home, stateUrl: undefined }))))
    expect(found).toBeGreaterThan(20)
    const usual = spent.slice(20).toSorted((a, b) => a - b)
    console.log(
      `first ${spent[0]!.toFixed(0)} ms, then ${spent
        .slice(1, 4)
        .map((ms) => ms.toFixed(0))
        .join(", ")} ms; ${found} incidents`
    )
    measured("alertTick", usual[Math.floor(usual.length / 2)]!)
    expect(usual[Math.floor(usual.length / 2)]).toBeLessThan(gate * budgets.alertTick.limit)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
