/** A process that opens the store of a folder and begins one run in it. Waits for a line, so that several begin together. */
import { once } from "node:events"
import { writeSync } from "node:fs"
import { Effect } from "effect"
import { Journal } from "../../../src/execution/ports/Journal.ts"
import { layerEmbedded } from "../../../src/storage.ts"
import { anOwner, aRequest } from "../../../src/testing/storeContract.ts"

const [home = "", id = ""] = process.argv.slice(2)
writeSync(1, "ready\n")
await once(process.stdin, "data")
const begin = Effect.flatMap(Journal, (journal) =>
  journal.create({ id, commandId: undefined, owner: anOwner(), events: [aRequest()], at: 0 })
)
const outcome = await Effect.runPromise(Effect.result(Effect.provide(begin, layerEmbedded({ home }))))
writeSync(1, outcome._tag === "Success" ? "begun\n" : `${outcome.failure.message}\n`)
process.stdin.destroy()
