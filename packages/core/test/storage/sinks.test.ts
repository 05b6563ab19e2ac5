import { mkdirSync, readdirSync, renameSync } from "node:fs"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { ArtifactStore } from "../../src/execution/ports/ArtifactStore.ts"
import { batch, Col, defineTable } from "../../src/index.ts"
import { inHome, withHome } from "./support/home.ts"

const Numbers = defineTable("test/Numbers@1", { n: Col.int }, { key: ["n"] })
const numbers = (from: number, count: number) => batch({ n: Int32Array.from({ length: count }, (_, i) => from + i) })

describe("a table that is finished", () => {
  it("takes no more rows", () =>
    withHome((home) =>
      inHome(
        home,
        Effect.gen(function* () {
          const sink = yield* (yield* ArtifactStore).sink(Numbers, "run/stage/-/1/out")
          yield* sink.append(numbers(0, 10))
          const table = yield* sink.finish
          expect((yield* Effect.flip(sink.append(numbers(10, 10)))).message).toMatch(/after the table was finished/u)
          expect((yield* sink.finish).version).toBe(table.version)
        })
      )
    ))
})
describe("a table whose file broke off", () => {
  it.skipIf(process.platform === "win32")("takes no more rows, also when there is room again", () =>
    withHome((home) =>
      inHome(
        home,
        Effect.gen(function* () {
          const sink = yield* (yield* ArtifactStore).sink(Numbers, "run/stage/-/1/out")
          const folder = dirname(sink.path)
          renameSync(folder, `${folder}.gone`)
          yield* sink.append(numbers(0, 10))
          const first = yield* Effect.flip(sink.seal)
          mkdirSync(folder)
          for (const name of readdirSync(`${folder}.gone`)) renameSync(join(`${folder}.gone`, name), join(folder, name))
          const second = yield* Effect.flip(sink.append(numbers(10, 10)))
          expect(second).toEqual(first)
          expect((yield* Effect.flip(sink.finish)).reason).toBe(first.reason)
        })
      )
    )
  )
})
