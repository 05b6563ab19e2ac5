import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { planRun, secretsOfProject } from "@tetra/core/engine"
import { load } from "./projects.ts"

const documented = readFileSync(join(import.meta.dirname, "documented.yaml"), "utf8")
const env = {
  OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer%20abc.def.ghi, x-team=key one",
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: "broken=%zz",
  TETRA_API_TOKEN: "a long random text"
}

describe("secrets that stand in the environment alone", () => {
  it.effect("are hidden in what runs tell: headers of a collector as they are written and as they are sent, and the token", () =>
    Effect.gen(function* () {
      const project = yield* load(documented, { env })
      const { secrets } = yield* planRun(project, { mode: "weekly", params: {} })
      for (const hidden of [secrets, secretsOfProject(project)])
        assert.includeMembers(
          [...hidden],
          ["Bearer%20abc.def.ghi", "Bearer abc.def.ghi", "abc.def.ghi", "key one", "%zz", "a long random text"]
        )
      const without = yield* load(documented, { env: {} })
      assert.notInclude(secretsOfProject(without), "")
    })
  )
})
