/**
 * A process that appends to `run-1` until it is killed, refused, or the run has `most` events. Prints every sequence number that was
 * acknowledged to it; when another process was first it reads on and tries again.
 */
import { writeSync } from "node:fs"
import { Effect, Result } from "effect"
import { Journal, StateQueries } from "@tetra/core/engine"
import { anOwner, aRequest } from "../../../packages/core/src/testing/storeContract.ts"
import { storeAt } from "./storeAt.ts"

const [url = "", home = "", most = "1000000"] = process.argv.slice(2)
const warned = { _tag: "Warned", message: `from process ${process.pid}`, hint: "none" } as const

const appendForever = Effect.gen(function* () {
  const journal = yield* Journal
  const queries = yield* StateQueries
  yield* journal.create({ id: "run-1", commandId: "the-command", owner: anOwner(), events: [aRequest()], at: 0 })
  writeSync(1, "ready\n")
  for (;;) {
    const seq = (yield* queries.run("run-1"))?.seq ?? 0
    if (seq >= Number(most)) return "enough"
    const result = yield* Effect.result(journal.append({ run: "run-1", expectedSeq: seq, epoch: 1, now: seq }, [warned, warned]))
    if (Result.isSuccess(result)) writeSync(1, `${result.success}\n`)
    else if (result.failure._tag !== "StaleSequence") return `refused ${result.failure.message}`
  }
})
const end = await Effect.runPromise(Effect.provide(appendForever, storeAt(url, home)))
writeSync(1, `${end}\n`)
