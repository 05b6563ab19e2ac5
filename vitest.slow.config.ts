import { defineConfig } from "vitest/config"
import base from "./vitest.config.ts"

/** Checks that take long or need more than Node (a browser, a terminal, a database server). Run by `.ci/run`. */
const slow = (name: string, globalSetup: Array<string> = []) => ({
  extends: true as const,
  test: {
    // A real terminal has a clock of its own: one scenario that missed a frame is played once more.
    retry: name === "terminal" ? 1 : 0,
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
    projects: [
      slow("docs"),
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
      slow("postgres", ["test/postgres/support/globalSetup.ts"])
    ]
  }
})
