/** Names of a project for completion, each with a word about it. What cannot be found out is left out: nobody reads an error behind a Tab. */
import { readFileSync } from "node:fs"
import { builtInModes, StateQueries } from "@tetra/core/engine"
import { layerRecords } from "@tetra/core/storage"
import { standingOf } from "@tetra/daemon/runs"
import { Effect } from "effect"
import { parse } from "yaml"
import { keptWiring } from "../health/keptWiring.ts"
import { dateTime } from "../output/plain/amounts.ts"
import type { Call } from "../program.ts"
import { loadHere, locationOf, text } from "../project/open.ts"
import { hasStore } from "../project/store.ts"
import { perform } from "../runtime.ts"
import type { NameKind } from "./CommandWords.ts"

/** `help` is empty where the name says it all. */
export interface Name {
  readonly name: string
  readonly help: string
}
/** Of more than these nobody chooses one by its name. */
const mostRuns = 30

const plain = (all: Iterable<string>): ReadonlyArray<Name> => [...new Set(all)].map((name) => ({ name, help: "" }))
const keysOf = (value: unknown): ReadonlyArray<string> => (typeof value === "object" && value !== null ? Object.keys(value) : [])

/** A block of the configuration file, as it stands there. */
const blockIn = (call: Call, block: string): ReadonlyArray<string> => {
  const { configFile } = locationOf(call)
  if (configFile === undefined) return []
  const document: unknown = parse(readFileSync(configFile, "utf8"), { logLevel: "silent" })
  return keysOf((document as Readonly<Record<string, unknown>> | null)?.[block])
}
const modes = async (call: Call): Promise<ReadonlyArray<Name>> => plain([...Object.keys(builtInModes), ...blockIn(call, "modes")])

/**
 * Those that the plugins bring; of a project that does not load, those that its configuration names. So it is where nothing was ever run: a Tab in the
 * checkout of somebody else must not run its plugins.
 */
const pipelines = async (call: Call): Promise<ReadonlyArray<Name>> => {
  const { configFile, home, root } = locationOf(call)
  if (configFile === undefined) return []
  const kept = keptWiring({ root, configFile, home, environment: text(call, "env") })
  if (kept !== undefined) return plain(keysOf(kept.pipelines))
  const named = () => plain([...blockIn(call, "pipelines"), ...blockIn(call, "pipeline_dependencies")])
  if (!hasStore(locationOf(call))) return named()
  try {
    return plain((await loadHere(call, configFile)).catalogue.pipelines.keys())
  } catch {
    return named()
  }
}
const asked = async <A>(call: Call, look: Effect.Effect<A, unknown, StateQueries>, none: A): Promise<A> => {
  const place = locationOf(call)
  return hasStore(place) ? await perform(Effect.scoped(look.pipe(Effect.provide(layerRecords(place))))) : none
}
const runs = async (call: Call): Promise<ReadonlyArray<Name>> => {
  const rows = await asked(
    call,
    Effect.flatMap(StateQueries, (queries) => queries.runs({ limit: mostRuns })),
    []
  )
  const told = rows.map((row) => ({
    name: row.id,
    help: `${standingOf(row)}, ${row.mode ?? row.pipelines.join(" ")}, ${dateTime(row.requestedAt)}`
  }))
  return told.length === 0 ? [] : [{ name: "latest", help: "the newest run" }, ...told]
}
const assets = async (call: Call): Promise<ReadonlyArray<Name>> => {
  const rows = await asked(
    call,
    Effect.flatMap(StateQueries, (queries) => queries.assets),
    []
  )
  return plain(rows.map(({ asset }) => asset))
}
const finders: Readonly<Record<NameKind, (call: Call) => Promise<ReadonlyArray<Name>>>> = {
  asset: assets,
  mode: modes,
  pipeline: pipelines,
  run: runs
}
export const namesOf = async (kind: NameKind, call: Call): Promise<ReadonlyArray<Name>> => {
  try {
    return await finders[kind](call)
  } catch {
    return []
  }
}
