/** What every ledger must do. */
import assert from "node:assert/strict"
import { Effect } from "effect"
import { type Entry, Ledger, type ListOptions, type Write } from "../execution/ports/Ledger.ts"
import type { InStore, Register } from "./storeContract.ts"

const put = (key: string, more: Partial<Omit<Entry, "key" | "version">> = {}, expect?: number): Write => ({
  put: { collection: "ticks", key, body: { of: key }, at: 1_000, due: undefined, ...more },
  ...(expect === undefined ? {} : { expect })
})
const drop = (key: string, expect?: number): Write => ({
  drop: { collection: "ticks", key },
  ...(expect === undefined ? {} : { expect })
})
const commit = (...writes: ReadonlyArray<Write>) => Effect.flatMap(Ledger, (ledger) => ledger.commit(writes))
const keys = (options?: ListOptions) =>
  Effect.flatMap(Ledger, (ledger) => Effect.map(ledger.list("ticks", options), (entries) => entries.map(({ key }) => key)))
const get = (key: string) => Effect.flatMap(Ledger, (ledger) => ledger.get("ticks", key))

export const ledgerContract = ({ describe, it }: Register, inStore: InStore): void =>
  describe("ledger", () => {
    it(
      "keeps what is put, counts its versions, and forgets what is dropped",
      inStore(
        Effect.gen(function* () {
          const body = { text: "a \u0000 b", n: 0.1, deep: [{ none: null }] }
          yield* commit(put("a", { at: 1_700_000_000_123, due: 1_700_000_000_456 }))
          assert.deepEqual(yield* get("a"), {
            collection: "ticks",
            key: "a",
            body: { of: "a" },
            at: 1_700_000_000_123,
            due: 1_700_000_000_456,
            version: 1
          })
          yield* commit(put("a", { body }))
          const again = yield* get("a")
          assert.deepEqual([again?.version, again?.due, again?.body], [2, undefined, body])
          yield* commit(drop("a"))
          assert.equal(yield* get("a"), undefined)
        })
      )
    )
    it(
      "writes nothing at all when one write expects another version",
      inStore(
        Effect.gen(function* () {
          yield* commit(put("a", {}, 0))
          for (const refused of [
            put("a", {}, 0),
            put("a", {}, 7),
            put("none", {}, 1),
            drop("a", 2),
            drop("a", 0),
            drop("none", 1)
          ]) {
            const conflict = yield* Effect.flip(commit(put("beside"), refused))
            assert.equal(conflict._tag, "LedgerConflict", JSON.stringify(refused))
          }
          assert.deepEqual(yield* keys(), ["a"])
          yield* commit(put("a", { at: 5 }, 1), drop("none", 0), put("b", {}, 0))
          assert.equal((yield* get("a"))?.version, 2)
          yield* commit(drop("a", 2))
          assert.deepEqual(yield* keys(), ["b"])
        })
      )
    )
    it(
      "lets one of several writers that saw the same go first",
      inStore(
        Effect.gen(function* () {
          const tries = Array.from({ length: 8 }, (_, n) => Effect.exit(commit(put("a", { body: n }, 0), put(`by-${n}`))))
          const exits = yield* Effect.all(tries, { concurrency: "unbounded" })
          assert.equal(exits.filter((exit) => exit._tag === "Success").length, 1)
          assert.equal((yield* keys({ prefix: "by-" })).length, 1)
        })
      )
    )
    it(
      "lists by time and key, within bounds, page by page, both ways",
      inStore(
        Effect.gen(function* () {
          yield* commit(...["d", "b", "a_", "a%", "c"].map((key, i) => put(key, { at: 1_000 + 10 * Math.floor(i / 2) })))
          yield* commit({ put: { collection: "others", key: "x", body: 1, at: 0, due: 0 } })
          assert.deepEqual(yield* keys(), ["b", "d", "a%", "a_", "c"])
          assert.deepEqual(yield* keys({ newestFirst: true, limit: 2 }), ["c", "a_"])
          assert.deepEqual(yield* keys({ newestFirst: true, limit: 2, after: { at: 1_010, key: "a_" } }), ["a%", "d"])
          assert.deepEqual(yield* keys({ after: { at: 1_000, key: "d" }, limit: 2 }), ["a%", "a_"])
          assert.deepEqual(yield* keys({ from: 1_010, until: 1_020 }), ["a%", "a_"])
          assert.deepEqual(yield* keys({ prefix: "a" }), ["a%", "a_"])
          assert.deepEqual(yield* keys({ prefix: "a_" }), ["a_"])
        })
      )
    )
    it(
      "knows the keys with one beginning, whatever letters it ends with",
      inStore(
        Effect.gen(function* () {
          const all = [
            "Z",
            "a",
            "a\u{10ffff}",
            "a\u{10ffff}b",
            "b",
            "z",
            "ä",
            "ärger",
            "\ud7ff!",
            "\ue000",
            "😀",
            "😀b",
            "\u{10ffff}",
            "\u{10ffff}x"
          ]
          yield* commit(...all.map((key) => put(key)))
          for (const prefix of ["", "a", "a\u{10ffff}", "z", "ä", "\ud7ff", "😀", "\u{10ffff}"])
            assert.deepEqual(new Set(yield* keys({ prefix })), new Set(all.filter((key) => key.startsWith(prefix))), prefix)
        })
      )
    )
    it(
      "tells what is due, the most urgent first",
      inStore(
        Effect.gen(function* () {
          yield* commit(
            put("late", { due: 20, at: 1 }),
            put("early", { due: 10, at: 2 }),
            put("never", { at: 3 }),
            put("later", { due: 31 })
          )
          assert.deepEqual(yield* keys({ dueBy: 30 }), ["early", "late"])
        })
      )
    )
    it(
      "prunes what is old, some at a time",
      inStore(
        Effect.gen(function* () {
          const { prune } = yield* Ledger
          yield* commit(...["a", "b", "c", "d"].map((key, i) => put(key, { at: i })))
          assert.equal(yield* prune("ticks", 3, 2), 2)
          assert.deepEqual(yield* keys(), ["c", "d"])
          assert.equal(yield* prune("ticks", 3, 2), 1)
          assert.equal(yield* prune("others", 3, 2), 0)
          assert.deepEqual(yield* keys(), ["d"])
          // Of one instant: in the order of their keys, however they were written.
          yield* commit(...["z", "y", "x"].map((key) => put(key, { at: 0 })))
          assert.equal(yield* prune("ticks", 3, 1), 1)
          assert.deepEqual([...(yield* keys())].sort(), ["d", "y", "z"])
        })
      )
    )
  })
