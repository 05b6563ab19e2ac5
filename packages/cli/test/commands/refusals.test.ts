import { StoreError } from "@tetra/core/engine"
import { ServerRefused } from "@tetra/daemon/lifecycle"
import { expect, it } from "vitest"
import { refusalOf } from "../../src/runtime.ts"

it("a refusal says once what to do, wherever the failure has it from", () => {
  const lost = new StoreError({ reason: "lost", detail: "the line is gone", hint: "Check the server" })
  expect(refusalOf(lost)).toMatchObject({
    message: "the store cannot be used: the line is gone. Check the server",
    hint: undefined
  })
  const open = new ServerRefused({ message: "the folder is open to others", hint: "close it" })
  expect(refusalOf(open)).toMatchObject({ message: "the folder is open to others", hint: "close it" })
})
