/** `tetra assets show NAME`: versions of one asset, its inputs and what is missing. */
import process from "node:process"
import { type AssetVersion, promotionsOf } from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { lookOf } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { tableLines, type TableColumn } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { flag, locationOf, number } from "../../project/open.ts"
import { print, printJson, readStore } from "../../project/store.ts"
import { versionsOf } from "./find.ts"
import { versionColumns } from "./list.ts"

/** What the rows of the newest version are about, and when the last of them was known. */
const timesOf = (version: AssetVersion | undefined): ReadonlyArray<string> => {
  const { asOf, knownAt } = version?.output.kind === "table" ? version.output : {}
  const about = [asOf === undefined ? [] : `rows until ${asOf}`, knownAt === undefined ? [] : `known by ${knownAt}`].flat()
  return about.length > 0 ? [about.join(", ")] : []
}

/** Taken out of force by a rollback, and not published again since. */
const supersededOf = (versions: ReadonlyArray<AssetVersion>) =>
  Effect.gen(function* () {
    const [newest] = versions
    if (newest === undefined) return new Set<AssetVersion>()
    const pipeline = newest.producer.stage.slice(0, newest.producer.stage.indexOf("."))
    const rollbacks = (yield* promotionsOf(pipeline)).filter(({ kind }) => kind === "rollback")
    const isOut = ({ asset, producer, version }: AssetVersion) =>
      rollbacks.some(({ at, superseded }) => superseded?.includes(`${asset}@${version}`) === true && Date.parse(producer.at) < at)
    return new Set(versions.filter(isOut))
  })
const supersededColumn = (superseded: ReadonlySet<AssetVersion>): TableColumn<AssetVersion> => ({
  title: "",
  of: (one) => (superseded.has(one) ? "superseded" : "")
})

export const handle = async (call: Call): Promise<ExitCode> => {
  const { superseded, versions } = await readStore(
    locationOf(call),
    Effect.gen(function* () {
      const all = yield* versionsOf(call.args[0] ?? "", number(call, "limit") ?? 10)
      return { versions: all, superseded: yield* supersededOf(all) }
    })
  )
  if (flag(call, "json")) {
    printJson(versions.map((one) => (superseded.has(one) ? { ...one, superseded: true } : one)))
    return exitCodes.completed
  }
  const [newest] = versions
  const inputs = Object.entries(newest?.inputs ?? {}).map(([port, version]) => `  ${port}  ${version.slice(0, 12)}`)
  const missing = (newest?.coverage.missing ?? []).map(({ partition, reason }) => `  ${oneLine(partition)}: ${oneLine(reason)}`)
  print([
    `${newest?.asset} (${newest?.output.type})`,
    ...timesOf(newest),
    "",
    ...tableLines(
      versions,
      [...versionColumns(Date.now()), ...(superseded.size === 0 ? [] : [supersededColumn(superseded)])],
      lookOf(process.stdout, process.env)
    ),
    ...(inputs.length > 0 ? ["", "made from", ...inputs] : []),
    ...(missing.length > 0
      ? ["", "missing", ...missing.slice(0, 20), ...(missing.length > 20 ? [`  and ${missing.length - 20} more`] : [])]
      : [])
  ])
  return exitCodes.completed
}
