import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, it } from "vitest"
import { layerMemory } from "../../src/execution/memory.ts"
import { layerEmbedded } from "../../src/storage.ts"
import { storeContract } from "../../src/testing/storeContract.ts"

storeContract({ describe, it }, "memory", () => ({ layer: layerMemory, remove: () => undefined }))
storeContract({ describe, it }, "embedded", () => {
  const home = mkdtempSync(join(tmpdir(), "tetra-store-"))
  return { layer: layerEmbedded({ home }), remove: () => rmSync(home, { recursive: true, force: true }) }
})
