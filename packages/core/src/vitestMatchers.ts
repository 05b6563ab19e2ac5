/** Matchers for vitest: `import "@tetra/core/testing/vitest"` in a test, or in a set-up file, gives them to `expect`. */
import { expect } from "vitest"
import { toConform, toHaveCompleted, toHaveLogged, toHaveStage, toHaveStatus } from "./testing/matchers/runs.ts"
import { type TableOptions, toMatchTable } from "./testing/matchers/tables.ts"

declare module "vitest" {
  // The second parameter is not used; a declaration that joins another one must have both.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Of `testStage`, `testPipeline` and `execute()`. Else it says what failed, and why. */
    toHaveCompleted: () => R
    /** `completed`, `partial`, `failed`, `cancelled` or `skipped`. */
    toHaveStatus: (status: string) => R
    /** A stage of a run by its name in the pipeline, its status, and a part of its reason. */
    toHaveStage: (name: string, status?: string, reason?: string | RegExp) => R
    toHaveLogged: (message: string | RegExp, level?: "debug" | "info" | "warn" | "error") => R
    /** Rows with these cells, in this order. Columns that are not named are not compared; NaN equals NaN. */
    toMatchTable: (rows: ReadonlyArray<Readonly<Record<string, unknown>>>, options?: TableOptions) => R
    /** Of `checkStage` and `checkPlugin`. */
    toConform: () => R
  }
}
expect.extend({ toConform, toHaveCompleted, toHaveLogged, toHaveStage, toHaveStatus, toMatchTable })
