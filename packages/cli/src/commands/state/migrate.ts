/** `tetra state migrate`: the schema up to date, or with `--to` everything into another store. */
import { layerStore, migrateState, openState } from "@tetra/core/storage"
import { forgetEpoch } from "@tetra/daemon/runs"
import { Effect, Redacted } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import type { Call } from "../../program.ts"
import { text } from "../../project/open.ts"
import { amount, kindOf, onState, tell, tellBrought } from "./store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const to = text(call, "to")
  if (to === undefined) {
    // Opening a store for writing brings its schema up to date.
    await onState(call, false, (state, place) => Effect.sync(() => tell(`${kindOf(place)} is up to date (${state.label})`)))
    return exitCodes.completed
  }
  // The address may hold a password: it is not shown.
  if (to !== "embedded" && !/^postgres(?:ql)?:\/\/\S+$/u.test(to))
    throw new Refusal("--to names no store", { hint: "write embedded, or an address that starts with postgres://" })
  const { found, from, label } = await onState(call, true, (source, { home }, tellDone) =>
    Effect.gen(function* () {
      const target = yield* openState({ home, stateUrl: Redacted.make(to) })
      const found = yield* migrateState(source, target, tellDone)
      // Whoever followed what is recorded began in another store.
      yield* forgetEpoch.pipe(Effect.provide(layerStore({ home, stateUrl: Redacted.make(to) })))
      return { found, from: source.label, label: target.label }
    })
  )
  tell(`moved and checked row by row: ${amount(found)}, from ${from} to ${label}`)
  tellBrought(found)
  tell(`the old store is unchanged; set state.url to use ${label}`)
  return exitCodes.completed
}
