import { Effect, Redacted } from "effect"
import { describe } from "vitest"
import { retentionSpec } from "../../packages/core/test/storage/support/retentionSpec.ts"
import { inStore, withDatabase } from "./support/store.ts"

describe("in PostgreSQL", () => {
  retentionSpec({
    withPlace: (use) => withDatabase(({ home, url }) => use({ home, stateUrl: Redacted.make(url) })),
    inStore: ({ home, stateUrl }, work) =>
      stateUrl === undefined
        ? Effect.runPromise(Effect.die("no database"))
        : inStore({ home, url: Redacted.value(stateUrl) }, work)
  })
})
