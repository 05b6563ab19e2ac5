/** The store of the project as a whole, for the commands that check, mend and move it. */
import process from "node:process"
import {
  type Brought,
  isEmbedded,
  openState,
  openUpkeep,
  type StateTables,
  type Tell,
  type Upkeep,
  type Verified
} from "@tetra/core/storage"
import { Effect, type Scope } from "effect"
import { count, many } from "../../output/plain/amounts.ts"
import { oneLine } from "../../output/plain/text.ts"
import type { Call } from "../../program.ts"
import { locationOf } from "../../project/open.ts"
import { hasStore, nothingRan, nothingToSee, type StorePlace } from "../../project/store.ts"
import { perform } from "../../runtime.ts"
import { progressLine } from "./progress.ts"

/** Opens the store, `readOnly` to look only. `tell` shows how far the work is, on a terminal. */
export const onState = async <A, E>(
  call: Call,
  readOnly: boolean,
  work: (state: StateTables, place: StorePlace, tell: Tell) => Effect.Effect<A, E, Scope.Scope>
): Promise<A> => {
  const place = locationOf(call)
  if (readOnly && !hasStore(place)) throw nothingRan()
  const { clear, tell } = progressLine(call)
  try {
    return await perform(Effect.scoped(Effect.flatMap(openState({ ...place, readOnly }), (state) => work(state, place, tell))))
  } finally {
    clear()
  }
}
/** The same for retention. `tell` shows what is being done. */
export const onUpkeep = async <A, E>(
  call: Call,
  readOnly: boolean,
  work: (upkeep: Upkeep, tell: (what: string) => void) => Effect.Effect<A, E, Scope.Scope>
): Promise<A> => {
  const place = locationOf(call)
  if (!readOnly && !hasStore(place)) throw nothingToSee()
  const { clear, say } = progressLine(call)
  try {
    return await perform(Effect.scoped(Effect.flatMap(openUpkeep({ ...place, readOnly }), (upkeep) => work(upkeep, say))))
  } finally {
    clear()
  }
}
export const kindOf = ({ stateUrl }: StorePlace): string => (isEmbedded(stateUrl) ? "the state file" : "the database")

/** How much a store holds, in words. */
export const amount = ({ events, runs }: { readonly events: number; readonly runs: number }): string =>
  `${many(runs, "run")}, ${many(events, "event")}`

const most = 20
/** The first lines, and how many more there are. */
export const atMost = (lines: ReadonlyArray<string>, all: number): ReadonlyArray<string> => [
  ...lines.slice(0, most),
  ...(all > most ? [`... and ${count(all - most)} more`] : [])
]
/** What is wrong with a store, one thing a line: first the log itself, then the tables. */
export const findingLines = ({ differences, differing, faults, faulty }: Verified): ReadonlyArray<string> => [
  ...atMost(
    faults.map(({ because, run, seq }) => `the log of run ${run}, event ${seq}: ${oneLine(because)}`),
    faulty
  ),
  ...atMost(
    differences.map(({ columns, key, table, what }) => {
      const how = what === "different" ? `differs in ${columns.join(", ")}` : what === "missing" ? "is missing" : "is too much"
      return `${table}: ${key} ${how}`
    }),
    differing
  )
]
/** Whether anything is wrong that no repair mends, and what to do then. */
export const tellFaulty = ({ faulty }: Verified): void => {
  if (faulty > 0)
    tell(
      `the log of ${many(faulty, "run")} is damaged: no repair mends it; \`tetra state import\` restores a backup into an empty store`
    )
}
/** Whether what was brought into a store is damaged there as where it came from. */
export const tellBrought = ({ faulty }: Brought): void => {
  if (faulty > 0) tell(`the log of ${many(faulty, "run")} was damaged where it came from, and is so here: \`tetra state verify\``)
}
/** Of how much of the log a check can tell whether it was changed. */
export const tellUncovered = ({ uncovered }: Verified): void => {
  if (uncovered > 0)
    tell(
      `whether an event was changed afterwards cannot be told of ${many(uncovered, "run")}: archived, or from before events had digests`
    )
}
export const tell = (line: string): void => void process.stderr.write(`${line}\n`)
