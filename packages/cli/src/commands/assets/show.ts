/** `tetra assets show NAME`: versions of one asset, its inputs and what is missing. */
import process from "node:process"
import type { AssetVersion } from "@tetra/core/engine"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { lookOf } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { tableLines } from "../../output/table.ts"
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

export const handle = async (call: Call): Promise<ExitCode> => {
  const versions = await readStore(locationOf(call), versionsOf(call.args[0] ?? "", number(call, "limit") ?? 10))
  if (flag(call, "json")) {
    printJson(versions)
    return exitCodes.completed
  }
  const [newest] = versions
  const inputs = Object.entries(newest?.inputs ?? {}).map(([port, version]) => `  ${port}  ${version.slice(0, 12)}`)
  const missing = (newest?.coverage.missing ?? []).map(({ partition, reason }) => `  ${oneLine(partition)}: ${oneLine(reason)}`)
  print([
    `${newest?.asset} (${newest?.output.type})`,
    ...timesOf(newest),
    "",
    ...tableLines(versions, versionColumns(Date.now()), lookOf(process.stdout, process.env)),
    ...(inputs.length > 0 ? ["", "made from", ...inputs] : []),
    ...(missing.length > 0
      ? ["", "missing", ...missing.slice(0, 20), ...(missing.length > 20 ? [`  and ${missing.length - 20} more`] : [])]
      : [])
  ])
  return exitCodes.completed
}
