/** A process that appends until it is killed or refused. Prints each acknowledged sequence number, at last the refusal. */
import { writeSync } from "node:fs"
import { Effect, Result } from "effect"
import { Journal } from "../../../src/execution/ports/Journal.ts"
import { layerEmbedded } from "../../../src/storage.ts"
import { anOwner, aRequest } from "../../../src/testing/storeContract.ts"

const [home = "", padding = "0"] = process.argv.slice(2)
const warned = { _tag: "Warned", message: "x".repeat(Number(padding)), hint: "none" } as const

const appendForever = Effect.gen(function* () {
  const journal = yield* Journal
  yield* journal.create({ id: "run-1", commandId: undefined, owner: anOwner(), events: [aRequest()], at: 0 })
  for (let seq = 1; ;) {
    const result = yield* Effect.result(journal.append({ run: "run-1", expectedSeq: seq, epoch: 1, now: seq }, [warned, warned]))
    if (Result.isFailure(result)) return result.failure
    seq = result.success
    writeSync(1, `${seq}\n`)
  }
})
const refusal = await Effect.runPromise(Effect.provide(appendForever, layerEmbedded({ home })))
writeSync(
  1,
  `refused ${JSON.stringify({ reason: "reason" in refusal ? refusal.reason : refusal._tag, message: refusal.message })}\n`
)
