import { defineConfig } from "vitest/config"
import base from "./vitest.config.ts"

/** Checks that take long or need more than Node (a browser, a terminal, a database server). Run by `.ci/run`. */
const slow = (name: string, globalSetup: Array<string> = []) => ({
  extends: true as const,
  test: {
    // Real processes, terminals and servers have clocks of their own: a scenario that missed its moment is played once more.
    retry: name === "docs" ? 0 : 1,
    name,
    include: [`test/${name}/**/*.test.ts`],
    globalSetup,
    testTimeout: 180_000,
    hookTimeout: 180_000
  }
})

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    // Of concurrent tests in a file: as many processes as a small machine has cores.
    maxConcurrency: 2,
    projects: [
      slow("docs"),
      slow("journeys"),
      slow("harness"),
      slow("faults"),
      slow("browser"),
      slow("terminal"),
      {
        extends: true as const,
        // The same file as in `npm test`, with twenty times as many keys.
        test: {
          name: "fuzz",
          include: ["packages/tui/test/model/fuzz.test.ts"],
          env: { TETRA_FUZZ_KEYS: "100000" },
          testTimeout: 180_000
        }
      },
      {
        extends: true as const,
        // The same file as in `npm test`, with many more random accounts.
        test: {
          name: "accounts",
          include: ["packages/plugins/assessment/test/events/universeEvents.test.ts"],
          env: { TETRA_RANDOM_RUNS: "10000" },
          testTimeout: 600_000
        }
      },
      {
        extends: true as const,
        // The same file as in `npm test`, with more kills.
        test: {
          name: "kills",
          include: ["packages/core/test/storage/crash.test.ts"],
          env: { TETRA_APPEND_KILLS: "all" },
          testTimeout: 180_000
        }
      },
      {
        extends: true as const,
        // The same file as in `npm test`, with twenty times as many markets.
        test: {
          name: "noise",
          include: ["packages/plugins/assessment/test/ranking/noise.test.ts"],
          env: { TETRA_NOISE_MARKETS: "1000" },
          testTimeout: 900_000,
          hookTimeout: 900_000
        }
      },
      slow("packages", ["test/packages/support/globalSetup.ts"]),
      slow("postgres", ["test/postgres/support/globalSetup.ts"])
    ]
  }
})
