/** The recorded state, for commands that look at it. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { type RunRow, StateQueries } from "@tetra/core/engine"
import { isEmbedded, layerRecords, type Records } from "@tetra/core/storage"
import { Effect, type Redacted, type Scope } from "effect"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { asTyped, commandHere } from "../output/typed.ts"
import { perform } from "../runtime.ts"
import { tellOrphans } from "./tellOrphans.ts"

/** Where runs are recorded: a data folder, and a database when `state.url` names one. */
export interface StorePlace {
  readonly home: string
  readonly stateUrl: Redacted.Redacted | undefined
}
/** False when surely nothing was recorded yet; a database has to be asked. */
export const hasStore = ({ home, stateUrl }: StorePlace): boolean => !isEmbedded(stateUrl) || existsSync(join(home, "state"))

const nothingSaid = "no run yet"
const nothingHint = "start with `tetra run`; `tetra run --dry-run` shows what it would do"
/** For a command that needs a run, and there is none. */
export const nothingRan = (): Refusal => new Refusal(nothingSaid, { hint: nothingHint })
/** For a command that only looks: that there is nothing to see yet is an answer, not a mistake. */
export const nothingToSee = (): Refusal => new Refusal(nothingSaid, { code: exitCodes.completed, hint: nothingHint })

/**
 * Looks at what was recorded, without the right to change it; interrupted runs of dead processes are told on standard error. Where nothing
 * has run yet, the record is empty.
 */
export const readStore = async <A, E>(place: StorePlace, look: Effect.Effect<A, E, Records | Scope.Scope>): Promise<A> => {
  return await perform(Effect.scoped(Effect.andThen(tellOrphans, look)).pipe(Effect.provide(layerRecords(place))))
}
/** A run by id, by the beginning of its id, or `latest`; `empty` says that there is none at all. */
export const findRun = (id: string, empty = nothingRan): Effect.Effect<RunRow, unknown, StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const row = yield* queries.run(id)
    if (row !== undefined) return row
    if ((yield* queries.runs({ limit: 1 })).length === 0) return yield* Effect.fail(empty())
    return yield* Effect.fail(
      new Refusal(`there is no run "${id}"`, {
        hint: "`tetra history` lists them; the beginning of an id is enough when only one run has it"
      })
    )
  })

/** For people: the commands in it are written as they have to be typed here. */
export const print = (lines: ReadonlyArray<string>): void => {
  if (lines.length > 0) process.stdout.write(`${asTyped(lines.join("\n"), commandHere(process.env, process.argv[1]))}\n`)
}
export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
