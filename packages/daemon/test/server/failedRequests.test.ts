import { Ledger, MemoryStores, StoreError } from "@tetra/core/engine"
import { Context } from "effect"
import { expect, it } from "vitest"
import { watchfulness } from "../../src/server/access.ts"

it("a request that fails says what is wrong with the store, and nothing of a fault of ours; the log has both", () => {
  const said: Array<string> = []
  const ledger = Context.make(Ledger, new MemoryStores().ledger)
  const { failed } = watchfulness({ by: "me", project: { home: "/home/me/.tetra" }, say: (line) => void said.push(line) }, ledger)
  const lost = new StoreError({
    reason: "unsynced",
    detail: "/home/me/.tetra/state/tetra.db is not kept",
    hint: "Check the disk"
  })
  expect(failed("r1", lost)).toEqual({
    code: "unavailable",
    detail: expect.stringMatching(/^state.tetra\.db is not kept.*Check the disk/u) as string
  })
  expect(failed("r2", new TypeError("x is undefined"))).toEqual({
    code: "internal",
    detail: "the log of the server says more about r2"
  })
  expect(said).toEqual([expect.stringContaining("r1 failed: /home/me/.tetra"), "request r2 failed: x is undefined"])
})
