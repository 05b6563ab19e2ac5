/** The store of the project as a whole, for the commands that check, mend and move it. */
import process from "node:process"
import { isEmbedded, openState, openUpkeep, type Difference, type StateTables, type Upkeep } from "@tetra/core/storage"
import { Effect, type Scope } from "effect"
import { many } from "../../output/plain/amounts.ts"
import type { Call } from "../../program.ts"
import { locationOf } from "../../project/open.ts"
import { isLive } from "../../output/plain/look.ts"
import { hasStore, nothingRan, type StorePlace } from "../../project/store.ts"
import { perform } from "../../runtime.ts"

export const onState = async <A, E>(
  call: Call,
  readOnly: boolean,
  work: (state: StateTables, place: StorePlace) => Effect.Effect<A, E, Scope.Scope>
): Promise<A> => {
  const place = locationOf(call)
  return await perform(Effect.scoped(Effect.flatMap(openState({ ...place, readOnly }), (state) => work(state, place))))
}
/** The same for retention. `tell` shows what is being done, on a terminal, in one line of standard error that is written over. */
export const onUpkeep = async <A, E>(
  call: Call,
  readOnly: boolean,
  work: (upkeep: Upkeep, tell: (what: string) => void) => Effect.Effect<A, E, Scope.Scope>
): Promise<A> => {
  const place = locationOf(call)
  if (!hasStore(place)) throw nothingRan()
  const live = isLive(process.stderr, process.env)
  const tellOver = (what: string): void => void (live && process.stderr.write(`\r\u001b[K${what}`))
  try {
    return await perform(Effect.scoped(Effect.flatMap(openUpkeep({ ...place, readOnly }), (upkeep) => work(upkeep, tellOver))))
  } finally {
    tellOver("")
  }
}
export const kindOf = ({ stateUrl }: StorePlace): string => (isEmbedded(stateUrl) ? "the state file" : "the database")

/** How much a store holds, in words. */
export const amount = ({ events, runs }: { readonly events: number; readonly runs: number }): string =>
  `${many(runs, "run")}, ${many(events, "event")}`

const most = 20
export const differenceLines = (differences: ReadonlyArray<Difference>): ReadonlyArray<string> => [
  ...differences.slice(0, most).map(({ columns, key, table, what }) => {
    const how = what === "different" ? `differs in ${columns.join(", ")}` : what === "missing" ? "is missing" : "is too much"
    return `${table}: ${key} ${how}`
  }),
  ...(differences.length > most ? [`... and ${differences.length - most} more`] : [])
]
export const tell = (line: string): void => void process.stderr.write(`${line}\n`)
