import type { Reporter, TestModule } from "vitest/node"

/**
 * Prints `N passed, N failed` alone on the last line, so that a CI can count without knowing vitest. Before it, each test that
 * passed only when it was played again, and why it failed before: such a test is to be mended.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>): void {
    const n = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const m of modules) {
      if (m.state() === "failed" && [...m.children.allTests()].length === 0) n.failed++
      for (const t of m.children.allTests()) {
        n[t.result().state]++
        if (t.ok() && t.diagnostic()?.flaky === true) {
          const why = t.result().errors?.map(({ message }) => message.replaceAll(/\s+/gu, " ").slice(0, 1_000))
          process.stdout.write(`played again: ${m.relativeModuleId}: ${t.fullName}: ${why?.join("; ") ?? ""}\n`)
        }
      }
    }
    process.stdout.write(`\n${n.passed} passed, ${n.failed} failed${n.skipped ? `, ${n.skipped} skipped` : ""}\n`)
  }
}
