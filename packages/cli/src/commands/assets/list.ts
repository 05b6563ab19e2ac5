/** `tetra assets list`: the newest version of everything that was published. */
import process from "node:process"
import { type AssetVersion, StateQueries } from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { ago, bytes, count } from "../../output/plain/amounts.ts"
import { lookOf } from "../../output/plain/look.ts"
import { tableLines, type TableColumn } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { flag, locationOf } from "../../project/open.ts"
import { print, printJson, readStore } from "../../project/store.ts"

export const versionColumns = (now: number): ReadonlyArray<TableColumn<AssetVersion>> => [
  { title: "version", of: (a) => a.version.slice(0, 12) },
  { title: "rows", of: (a) => (a.output.kind === "table" ? count(a.output.rows) : "value"), right: true },
  { title: "size", of: (a) => bytes(a.output.bytes), right: true },
  { title: "coverage", of: (a) => `${Math.floor(a.coverage.ratio * 100)}%`, right: true },
  { title: "made", of: (a) => ago(Date.parse(a.producer.at), now) },
  { title: "run", of: (a) => a.producer.run },
  { title: "by", of: (a) => `${a.producer.stage}${a.degraded === undefined ? "" : ` (${a.degraded})`}` }
]

export const handle = async (call: Call): Promise<ExitCode> => {
  const assets = await readStore(
    locationOf(call),
    Effect.flatMap(StateQueries, (queries) => queries.assets)
  )
  if (flag(call, "json")) printJson(assets)
  else if (assets.length === 0) process.stderr.write("no asset was published yet: `tetra run` makes them\n")
  else
    print(
      tableLines(
        assets,
        [{ title: "asset", of: (a) => a.asset }, ...versionColumns(Date.now())],
        lookOf(process.stdout, process.env)
      )
    )
  return exitCodes.completed
}
