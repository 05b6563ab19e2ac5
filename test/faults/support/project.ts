/** The four shipped pipelines, small, with the local plugin that injects faults, in a folder of its own. */
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))

/** Of `scenarios_pipeline.generate`: long enough to be killed in. */
export const retryDelayMs = 3000

const config = `version: 1
project: faults
plugins:
  - "@tetra/plugin-data"
  - "@tetra/plugin-scenarios"
  - "@tetra/plugin-metrics"
  - "@tetra/plugin-assessment"
  - ./faulty.ts
pipelines:
  data_pipeline: { config: { provider: synthetic, symbols: [SPY, QQQ, IWM, TLT], history: 2y } }
  scenarios_pipeline:
    config: { paths: 1, horizon: 20, warmup: 60, crash_sizes: [20] }
    stages: { define: { timeout: 2s }, generate: { retry: { initial_delay: ${retryDelayMs / 1000} } } }
  metrics_pipeline: { config: { metrics: [sma_20] } }
  assessment_pipeline: { config: { strategies: [sma_cross], grid: false } }
modes:
  small:
    data_pipeline: { mode: daily }
    scenarios_pipeline: { type: all }
    metrics_pipeline: { scenario: none }
    assessment_pipeline: { scenario: none }
retry: { max_retries: 2, initial_delay: 0.05, backoff_factor: 2.0, max_delay: 60, jitter: false }
recovery_procedures:
  data_pipeline:
    failure_actions: [{ notify: [email] }, { retry_count: 1 }, { fallback: use_cached_data }, { escalation: page_oncall }]
  scenarios_pipeline:
    failure_actions: [{ retry_count: 1 }, { fallback: use_previous_scenarios }]
  metrics_pipeline:
    failure_actions: [{ retry_count: 1 }, { partial_recovery: true }]
  assessment_pipeline:
    failure_actions: [{ retry_count: 1 }, { checkpoint_recovery: true }]
alerting:
  channels:
    email: { enabled: false, recipients: [ops@example.com], smtp_server: smtp.example.com }
`
/** An empty project; `dispose` removes it. */
export const aFaultyProject = (): string => {
  const dir = mkdtempSync(join(tmpdir(), "tetra-faults-"))
  writeFileSync(join(dir, "tetra.yaml"), config)
  copyFileSync(join(here, "faulty.ts"), join(dir, "faulty.ts"))
  return dir
}
/** The same project with everything that it has stored. */
export const aCopyOf = (dir: string): string => {
  const copy = mkdtempSync(join(tmpdir(), "tetra-faults-"))
  cpSync(dir, copy, { recursive: true })
  return copy
}
export const remove = (dir: string): void => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
