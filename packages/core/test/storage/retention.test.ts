import { describe } from "vitest"
import { inHome, withHome } from "./support/home.ts"
import { retentionSpec } from "./support/retentionSpec.ts"

describe("in the state file", () => {
  retentionSpec({
    withPlace: (use) => withHome((home) => use({ home })),
    inStore: ({ home }, work) => inHome(home, work)
  })
})
