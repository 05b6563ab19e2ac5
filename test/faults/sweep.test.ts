/** A long sweep that is killed in the middle goes on from its last checkpoint, and ends with what an unbroken one gives. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it, onTestFinished } from "vitest"
import { eventsOf, start } from "../e2e/support/project.ts"

const SYMBOLS = Array.from({ length: 24 }, (_, i) => `S${String(i).padStart(2, "0")}`)
const config = `version: 1
project: sweep
plugins: ["@tetra/plugin-data", "@tetra/plugin-scenarios", "@tetra/plugin-metrics", "@tetra/plugin-assessment"]
pipelines:
  data_pipeline: { config: { provider: synthetic, symbols: [${SYMBOLS.join(", ")}], history: 4y } }
  scenarios_pipeline: { config: { type: parametric, paths: 1, horizon: 20, warmup: 60, crash_sizes: [20] } }
  metrics_pipeline: { config: { metrics: [sma_20], scenario: none } }
  assessment_pipeline:
    config: { strategies: [sma_cross, rsi_reversion, random_entry], scenario: none, search: latin_hypercube, samples: 300, resamples: 0 }
retry: { max_retries: 1, initial_delay: 0.05, backoff_factor: 2.0, max_delay: 60, jitter: false }
modes:
  before: { data_pipeline: { mode: daily }, scenarios_pipeline: {}, metrics_pipeline: {} }
recovery_procedures:
  assessment_pipeline: { failure_actions: [{ checkpoint_recovery: true }] }
`
const assess = ["run", "--pipeline", "assessment_pipeline", "--output", "json"]

/** A project with everything before the assessment done. */
const prepared = async (): Promise<string> => {
  const dir = mkdtempSync(join(tmpdir(), "tetra-sweep-"))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  writeFileSync(join(dir, "tetra.yaml"), config)
  const { code, stdout, stderr } = await start(dir, ["run", "--mode", "before"]).done
  assert.strictEqual(code, 0, `${stdout}\n${stderr}`)
  return dir
}

it("is killed with kill -9 after a checkpoint, resumed, and gives the same bytes", async () => {
  const dir = await prepared()
  const copy = mkdtempSync(join(tmpdir(), "tetra-sweep-"))
  onTestFinished(() => rmSync(copy, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  cpSync(dir, copy, { recursive: true })

  const whole = await start(copy, assess).done
  assert.strictEqual(whole.code, 0, whole.stderr)
  assert.isAtLeast(checkpoints(whole.stdout), 3)

  const running = start(dir, assess)
  await running.seen('"_tag":"Checkpoint"')
  running.child.kill("SIGKILL")
  const killed = await running.done
  assert.strictEqual(killed.signal, "SIGKILL")
  assert.isFalse(killed.stdout.includes('"_tag":"RunEnded"'))

  const resumed = await start(dir, ["run", "--resume", "latest", "--output", "json"]).done
  assert.strictEqual(resumed.code, 0, resumed.stderr)
  // What was done before the kill is not done again.
  assert.strictEqual(checkpoints(killed.stdout) + checkpoints(resumed.stdout), checkpoints(whole.stdout))
  const versions = published(resumed.stdout)
  assert.containsAllKeys(Object.fromEntries(versions), ["backtest_results", "strategy_rankings", "walk_forward"])
  assert.deepStrictEqual(
    versions,
    published(whole.stdout).filter(([asset]) => new Map(versions).has(asset))
  )
})

const checkpoints = (stdout: string): number => eventsOf(stdout).filter((e) => e._tag === "Checkpoint").length
/** Content versions by asset. */
const published = (stdout: string): ReadonlyArray<readonly [string, unknown]> =>
  eventsOf(stdout)
    .filter((e) => e._tag === "AssetPublished")
    .map((e) => [String(e["asset"]), (e["output"] as { readonly version: unknown }).version] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
