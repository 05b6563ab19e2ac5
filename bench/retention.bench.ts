/**
 * What many finished runs cost: the commands that look (promise: 200 ms as a whole, on a quiet machine), and how long retention holds the store at
 * once (promise: 20 ms). Run with `npm run bench`; `TETRA_BENCH_RUNS` sets the number of runs.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { hostname, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { afterAll, beforeAll, expect, test } from "vitest"
import { defaultRetention } from "../packages/core/src/domain/Retention.ts"
import { collect, layerRecords, openUpkeep } from "../packages/core/src/storage.ts"
import { type HealthAsked, KnownAges, readStoreHealth } from "../packages/daemon/src/health/index.ts"
import { pipelineHealth, usualWindow } from "../packages/daemon/src/health/pipelineHealth.ts"
import { thresholdsOf } from "../packages/daemon/src/health/systemHealth.ts"
import { budgets, measured } from "./budgets.ts"
import { fillWithRuns } from "./finishedRuns.ts"

const bin = join(dirname(fileURLToPath(import.meta.url)), "..", "packages", "cli", "bin", "tetra.js")
const home = mkdtempSync(join(tmpdir(), "tetra-bench-"))
const small = mkdtempSync(join(tmpdir(), "tetra-bench-"))
/** A project as `tetra init` makes it. */
const project = mkdtempSync(join(tmpdir(), "tetra-bench-"))
const runs = Number(process.env["TETRA_BENCH_RUNS"] ?? 100_000)
const hourMs = 3_600_000
/** Twice the promise fails: the machine may be busy. */
const slack = 2

beforeAll(() => {
  spawnSync(process.execPath, [bin, "init", project])
  const began = performance.now()
  fillWithRuns(small, { runs: 1, everyMs: hourMs, until: Date.now() })
  const events = fillWithRuns(home, { runs, everyMs: hourMs, until: Date.now() })
  console.log(`${runs} runs, ${events} events written in ${((performance.now() - began) / 1_000).toFixed(1)} s`)
}, 300_000)
afterAll(() => [home, small, project].forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** Health says by its exit code what it has found. */
const answers: ReadonlyArray<number | null> = [0, 1, 3]
const commandMs = (args: ReadonlyArray<string>, TETRA_HOME: string): number => {
  const began = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, TETRA_HOME }
  })
  if (!answers.includes(status) || stderr.startsWith("tetra:"))
    throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`)
  return performance.now() - began
}
/** The quickest of several, here and in a store of one run: on a busy machine only the difference tells. */
test.each([
  ["status", "status"],
  ["history", "history"],
  ["history --status failed", "history"],
  ["show latest", "show"],
  ["health", "healthCommand"]
] as const)(
  "tetra %s answers within 200 ms",
  (line, budget) => {
    const args = line.split(" ")
    const pairs = Array.from({ length: 7 }, () => [commandMs(args, home), commandMs(args, small)] as const)
    const [full, one] = [Math.min(...pairs.map(([ms]) => ms)), Math.min(...pairs.map(([, ms]) => ms))]
    console.log(`tetra ${line}: ${full.toFixed(0)} ms; with one run ${one.toFixed(0)} ms`)
    measured(budget, full)
    expect(full).toBeLessThan(slack * Math.max(budgets[budget].limit, one))
  },
  120_000
)
/** What the server does for GET /health, with everything that the store has to be asked. */
const healthMs = Effect.gen(function* () {
  const names = ["data_pipeline", "scenarios_pipeline", "metrics_pipeline", "assessment_pipeline"]
  const wiring: HealthAsked["wiring"] = {
    pipelines: Object.fromEntries(names.map((name) => [name, { provides: [`asset_of_${name}`], maxDataAgeHours: 24 }])),
    named: names,
    schedules: {},
    rules: { window: usualWindow, thresholds: thresholdsOf({}) }
  }
  const ages = new KnownAges()
  const times: Array<number> = []
  for (let i = 0; i < 50; i++) {
    const before = process.threadCpuUsage()
    const now = Date.now()
    const found = yield* readStoreHealth({ wiring, host: hostname(), driver: undefined, ages, now })
    expect(found.pipelines.map(({ runs: own }) => own.length > 20)).toEqual([true, true, true, true])
    for (const one of found.pipelines) pipelineHealth(one, usualWindow, now)
    const { system, user } = process.threadCpuUsage(before)
    times.push((system + user) / 1_000)
  }
  return { first: times[0] ?? 0, median: times.toSorted((a, b) => a - b)[25] ?? 0 }
})
test("health of 20 pipelines is told within 20 ms of work", async () => {
  const { first, median } = await Effect.runPromise(healthMs.pipe(Effect.provide(layerRecords({ home, stateUrl: undefined }))))
  console.log(`health of 4 pipelines: ${median.toFixed(2)} ms of CPU; the first time ${first.toFixed(1)} ms`)
  measured("health", 5 * median)
  expect(5 * median).toBeLessThan(budgets.health.limit * slack)
}, 60_000)
test("retention holds the store for 20 ms of work at the most", async () => {
  let [worst, transactions] = [0, 0]
  const began = performance.now()
  const found = await Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(openUpkeep({ home }), ({ folders, ground }) => {
        const change: typeof ground.change = (...given) =>
          Effect.suspend(() => {
            const before = process.threadCpuUsage()
            return Effect.tap(ground.change(...given), () =>
              Effect.sync(() => {
                const { system, user } = process.threadCpuUsage(before)
                worst = Math.max(worst, (system + user) / 1_000)
                transactions += 1
              })
            )
          })
        return collect({ folders, ground: { ...ground, change } }, defaultRetention, { now: Date.now() })
      })
    )
  )
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  console.log(
    `${found.runs} runs archived in ${seconds} s, ${transactions} transactions, the longest ${worst.toFixed(1)} ms of CPU`
  )
  measured("retention", worst)
  expect(worst).toBeLessThan(budgets.retention.limit * slack)
}, 300_000)
