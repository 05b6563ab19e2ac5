import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { loadProject } from "@tetra/core/engine"
import { Effect } from "effect"
import { expect, it, onTestFinished } from "vitest"
import { askChecks } from "../../packages/daemon/src/health/index.ts"
import { isRunning } from "../../packages/core/test/isolation/isRunning.ts"

const core = pathToFileURL(join(import.meta.dirname, "../../packages/core/src/index.ts")).href
const checks = {
  first: "() => ({ status: 'ok', detail: 'before' })",
  blocks: "() => { for (;;) {} }",
  slow: "() => new Promise((resolve) => setTimeout(() => resolve({ status: 'warn', detail: 'behind' }), 50))",
  leaves: "() => process.exit(3)",
  later: "() => { setTimeout(() => { throw new Error('beside') }, 1); return { status: 'ok', detail: String(process.pid) } }"
}
const plugin = `import { definePlugin, HealthChecks } from "${core}"
export default definePlugin({ name: "guest", version: "1.0.0", api: "^1.0", contributes: [
${Object.entries(checks)
  .map(([name, check]) => `  HealthChecks.contribute({ name: "${name}", check: ${check} })`)
  .join(",\n")}
] })
`
it(
  "asks checks in a process of their own: one that blocks its thread, or ends its process, costs itself alone",
  { timeout: 60_000 },
  async () => {
    const root = mkdtempSync(join(tmpdir(), "tetra-checks-"))
    onTestFinished(() => rmSync(root, { recursive: true }))
    writeFileSync(join(root, "tetra.yaml"), 'version: 1\nplugins: ["./guest.ts"]\n')
    writeFileSync(join(root, "guest.ts"), plugin)
    const project = await Effect.runPromise(loadProject({ cwd: root, env: {} }))
    const answers = await askChecks(project, 300)
    const pid = answers.get("guest/later")?.detail
    expect([Number(pid) === process.pid, isRunning(Number(pid))]).toEqual([false, false])
    expect([...answers].map(([name, { detail, status }]) => `${name} ${status}: ${detail}`)).toEqual([
      "guest/first ok: before",
      "guest/blocks fail: the check of guest failed: no answer within 0.3 s, for it keeps its thread to itself",
      "guest/slow warn: behind",
      "guest/leaves fail: the check of guest failed: it ended its process (exit code 3)",
      `guest/later ok: ${pid}`
    ])
  }
)
