/** `tetra config versions`: every configuration that was in force, and what changed with it. */
import process from "node:process"
import { changeDetail, type ConfigVersion, configVersions, type RunRow, StateQueries } from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { dateTime } from "../../output/plain/amounts.ts"
import { lookOf } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { tableLines } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { noneKept } from "../../project/configuration.ts"
import { flag, locationOf } from "../../project/open.ts"
import { print, printJson, readStore, type StorePlace } from "../../project/store.ts"
import { perform } from "../../runtime.ts"
import { differenceOf } from "./changeLines.ts"

/** Newest runs in which the last use of a version is looked for. */
const runsListed = 1_000
const lastUses = async (place: StorePlace): Promise<ReadonlyMap<string, RunRow>> => {
  const rows = await readStore(
    place,
    Effect.flatMap(StateQueries, (queries) => queries.runs({ limit: runsListed }))
  )
  return new Map(rows.toReversed().map((row) => [row.configVersion, row] as const))
}
/** `pipelines.data_pipeline.config.symbols +QQQ, and 2 more`. */
const changeText = (version: ConfigVersion, before: ConfigVersion | undefined): string => {
  if (before === undefined) return "the first"
  const { changes, plugins } = differenceOf(before, version)
  const all = [...changes, ...plugins.map((change) => ({ ...change, path: `version of ${change.path}` }))]
  const [first] = all
  if (first === undefined) return "-"
  return `${first.path} ${changeDetail(first)}${all.length === 1 ? "" : `, and ${all.length - 1} more`}`
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const place = locationOf(call)
  const all = await perform(configVersions(place.home))
  const uses = await lastUses(place)
  if (flag(call, "json")) {
    printJson(all.map((version) => ({ ...version, lastRun: uses.get(version.hash)?.id ?? null })))
    return exitCodes.completed
  }
  if (all.length === 0) {
    process.stderr.write(`${noneKept}\n`)
    return exitCodes.completed
  }
  const table = tableLines(
    all,
    [
      { title: "version", of: ({ number }) => String(number), right: true },
      { title: "hash", of: ({ hash }) => hash },
      { title: "since", of: ({ at }) => dateTime(at) },
      { title: "environment", of: ({ environment }) => environment ?? "-" },
      { title: "last run", of: ({ hash }) => uses.get(hash)?.id ?? "-" },
      { title: "changed", of: (version) => oneLine(changeText(version, all[all.indexOf(version) - 1])), gives: true }
    ],
    lookOf(process.stdout, process.env)
  )
  print(table)
  return exitCodes.completed
}
