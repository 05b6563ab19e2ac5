import { defineConfig } from "vitest/config"
import { defaultServerConditions } from "vite"

const conditions = ["tetra:source", ...defaultServerConditions]
const project = (name: string, include: ReadonlyArray<string>, testTimeout = 10_000) => ({
  extends: true as const,
  test: {
    name,
    // Their tests share nothing but modules, which are then loaded once per thread. The command line keeps state of its process.
    isolate: name === "cli",
    include: [...include],
    testTimeout,
    // One project runs the benchmarks, else each would run every file.
    benchmark: { include: name === "core" ? ["bench/**/*.bench.ts"] : [] }
  }
})

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: "threads",
    maxWorkers: 2,
    // A shared machine pauses for longer than a test waits. What passed only the second time is named at the end.
    retry: process.env["CI"] ? 1 : 0,
    reporters: process.env["CI"] ? ["default", "./scripts/closing-line.ts"] : ["default"],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**", "packages/plugins/*/src/**"],
      reporter: ["text-summary", "json-summary"]
    },
    projects: [
      project("core", ["test/core/**/*.test.ts", "test/architecture/**/*.test.ts", "packages/core/test/**/*.test.ts"]),
      project("plugins", ["packages/plugins/*/test/**/*.test.ts"], 20_000),
      project("daemon", ["packages/daemon/test/**/*.test.ts"]),
      project("tui", ["test/tui/**/*.test.ts", "packages/tui/test/**/*.test.ts"]),
      project("cli", ["test/cli/**/*.test.ts", "test/e2e/**/*.test.ts", "packages/cli/test/**/*.test.ts"], 30_000)
    ]
  }
})
