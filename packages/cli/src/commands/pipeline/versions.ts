/** `tetra pipeline versions [P]`: which version is in force, which runs in its shadow, and how both agree. */
import process from "node:process"
import { promotionsOf, type RecordedPromotion } from "@tetra/core/engine"
import {
  type AssetComparison,
  cleanInARow,
  cleanNeeded,
  type Comparison,
  comparisonsOf,
  type VersionSpec,
  versionsOf
} from "@tetra/daemon/versions"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { ago } from "../../output/plain/amounts.ts"
import { type Look, lookOf, paint } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { tableLines, type TableColumn } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { lookInStore } from "../../project/asking.ts"
import { flag, openProject } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { specOf } from "./specOf.ts"

interface Seen {
  readonly spec: VersionSpec
  /** Of the shadow, or of the version that is not in force when there is no shadow; newest first. */
  readonly compared: ReadonlyArray<Comparison & { readonly at: number }>
  readonly promotions: ReadonlyArray<RecordedPromotion>
}
const see = (spec: VersionSpec) =>
  Effect.gen(function* () {
    const others = spec.shadow === undefined ? spec.names.filter((name) => name !== spec.active) : [spec.shadow]
    const compared = (yield* Effect.forEach(others, (name) => comparisonsOf(spec.pipeline, name))).flat()
    const seen: Seen = {
      spec,
      compared: compared.map(({ at, body }) => ({ ...body, at })).toSorted((a, b) => b.at - a.at),
      promotions: yield* promotionsOf(spec.pipeline)
    }
    return seen
  })
const cleanText = ({ compared, spec }: Seen): string =>
  spec.shadow === undefined ? "" : `${Math.min(cleanInARow(compared), cleanNeeded)} of ${cleanNeeded}`
const columns = (now: number): ReadonlyArray<TableColumn<Seen>> => [
  { title: "pipeline", of: ({ spec }) => spec.pipeline },
  {
    title: "in force",
    of: ({ spec }) => (spec.active === spec.declared ? spec.active : `${spec.active} (the file says ${spec.declared})`)
  },
  { title: "shadow", of: ({ spec }) => spec.shadow ?? "-" },
  { title: "clean", of: cleanText, right: true },
  { title: "last compared", of: ({ compared: [last] }) => (last === undefined ? "-" : ago(last.at, now)) },
  { title: "others", of: ({ spec }) => spec.names.filter((name) => name !== spec.active && name !== spec.shadow).join(", ") }
]
/** One comparison: its sentence, and asset by asset what is wrong. */
export const comparisonLines = (one: Comparison, look: Look): ReadonlyArray<string> => [
  paint(look, one.clean ? "good" : "bad", oneLine(one.summary)),
  ...one.assets.flatMap((asset) => [`  ${assetLine(asset)}`, ...asset.problems.map((problem) => `    ${oneLine(problem)}`)])
]
const assetLine = ({ asset, identical, rows, same }: AssetComparison): string => {
  const how = identical ? "the same content" : same ? "the same within the tolerance" : "differs"
  return `${asset}: ${how}${rows === undefined ? "" : ` (${rows.before} rows, ${rows.after} in the shadow)`}`
}
const promotionLine = ({ at, by, data, from, kind, reason, run, to }: RecordedPromotion, now: number): string =>
  oneLine(
    `${kind === "promote" ? "promoted" : "rolled back"} ${from} -> ${to} ${ago(at, now)}, by ${by}${reason === "" ? "" : `: ${reason}`} (run ${run}${data === undefined ? ", no asset moved" : `, assets of ${data}`})`
  )
const detailLines = ({ compared, promotions, spec }: Seen, look: Look, now: number): ReadonlyArray<string> => [
  ...(compared.length === 0 ? [] : ["", "shadow runs, newest first"]),
  ...compared.slice(0, 10).flatMap((one) => comparisonLines(one, look).map((line) => `  ${line}`)),
  ...(promotions.length === 0 ? [] : ["", "put in force, newest first"]),
  ...promotions.map((one) => `  ${promotionLine(one, now)}`),
  ...(spec.active === spec.declared
    ? []
    : ["", `the file still says active: ${spec.declared}; write active: ${spec.active} there when it is to stay`])
]

const jsonOf = ({ compared, promotions, spec }: Seen) => {
  const { tolerance: _, ...plain } = spec
  return { ...plain, shadow: spec.shadow ?? null, clean: cleanInARow(compared), compared, promotions }
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call)
  const [name] = call.args
  const specs = name === undefined ? versionsOf(project) : [specOf(project, name)]
  const seen = await lookInStore(call, Effect.forEach(specs, see))
  if (flag(call, "json")) {
    printJson(seen.map(jsonOf))
    return exitCodes.completed
  }
  if (seen.length === 0) {
    print(["no pipeline of this project has versions: pipelines.P.versions names them"])
    return exitCodes.completed
  }
  const [look, now] = [lookOf(process.stdout, process.env), Date.now()]
  print([...tableLines(seen, columns(now), look), ...(name === undefined ? [] : detailLines(seen[0]!, look, now))])
  return exitCodes.completed
}
