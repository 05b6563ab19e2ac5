import { expect, it } from "vitest"
import { keymapPage } from "../support/keymapPage.ts"

it("docs/keymap.md is as the keymap says (-u writes it anew)", async () => {
  await expect(keymapPage()).toMatchFileSnapshot("../../../../docs/keymap.md")
})
