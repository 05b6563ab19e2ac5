import { MemoryStores } from "@tetra/core/engine"
import { Effect, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { collection, commit } from "../src/Collection.ts"

const ticks = collection(
  "ticks",
  Schema.Struct({ outcome: Schema.Literals(["run", "missed"]), note: Schema.optionalKey(Schema.String) })
)
const names = collection("names", Schema.String)

const inMemory = <A, E>(work: Effect.Effect<A, E, Effect.Services<ReturnType<typeof commit>>>) =>
  Effect.runPromise(Effect.provide(work, new MemoryStores().layer))

describe("a collection of the ledger", () => {
  it("gives back what was put, apart from other collections", () =>
    inMemory(
      Effect.gen(function* () {
        yield* commit(
          ticks.put({ key: "a", body: { outcome: "run" }, at: 5, due: 9 }),
          names.put({ key: "a", body: "Ada", at: 6 })
        )
        expect(yield* ticks.get("a")).toEqual({ key: "a", body: { outcome: "run" }, at: 5, due: 9, version: 1 })
        expect((yield* names.list()).map(({ body }) => body)).toEqual(["Ada"])
        expect(yield* ticks.get("b")).toBeUndefined()
        expect(yield* names.prune(7, 10)).toBe(1)
        expect((yield* ticks.list()).length).toBe(1)
      })
    ))
  it("changes several collections together, or none", () =>
    inMemory(
      Effect.gen(function* () {
        yield* commit(names.put({ key: "a", body: "Ada", at: 6 }, 0))
        const late = commit(
          ticks.put({ key: "x", body: { outcome: "missed" }, at: 1 }),
          names.put({ key: "a", body: "Eve", at: 7 }, 0)
        )
        expect(yield* Effect.flip(late)).toMatchObject({ _tag: "LedgerConflict", collection: "names", key: "a" })
        expect(yield* ticks.list()).toEqual([])
        yield* commit(names.drop("a", 1))
        expect(yield* names.get("a")).toBeUndefined()
      })
    ))
  it("dies of a body that somebody else wrote", () =>
    inMemory(
      Effect.gen(function* () {
        yield* commit(names.put({ key: "a", body: "run", at: 6 }))
        const strange = collection("names", Schema.Number)
        expect((yield* Effect.exit(strange.get("a")))._tag).toBe("Failure")
      })
    ))
})
