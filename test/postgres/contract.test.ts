import { describe, it } from "vitest"
import { storeContract } from "../../packages/core/src/testing/storeContract.ts"
import { aHome, freshStore } from "./support/store.ts"

// The suite names its own instants, so leases go by the caller's clock here.
storeContract({ describe, it }, "postgres", () => {
  const { home, remove } = aHome()
  return { layer: freshStore(home, { leaseClock: "caller" }), remove }
})
