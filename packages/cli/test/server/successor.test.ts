import { describe, expect, it } from "vitest"
import { inVain } from "../../src/link/successor.ts"

describe("the successor of a server that ended itself", () => {
  it("is not started where the store needs a newer Tetra than the one that is installed", () => {
    const why = "no successor is started: what is installed here is still version 1.2.0. Upgrade it, then `tetra start`"
    expect(inVain({ reason: "newer", was: "1.2.0", installed: "1.2.0" })).toBe(why)
    expect(inVain({ reason: "newer", was: "1.2.0", installed: undefined })).toBe(why)
  })
  it("is started where a newer one was installed meanwhile, and where it can bring the store in order", () => {
    expect(inVain({ reason: "newer", was: "1.2.0", installed: "1.3.0" })).toBeUndefined()
    expect(inVain({ reason: "unsynced", was: "1.2.0", installed: "1.2.0" })).toBeUndefined()
  })
})
