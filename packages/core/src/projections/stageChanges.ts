import type { PlannedStage } from "../domain/RunPlan.ts"
import { changeDetail, type JsonChange, jsonChanges } from "./jsonChanges.ts"
import type { StageTrace } from "./stageTrace.ts"

/** One thing that is not as it was the last time. */
export interface StageChange {
  /** The field of the cache key: `config`, `code`, `input.bars`, ... */
  readonly field: string
  /** `config.symbols changed (+QQQ)`. */
  readonly text: string
}
/** As many digits of a version as people need. */
export const shortVersion = (version: string): string => version.slice(0, 12)

const changed = (what: string, detail: string): string => `${what} changed${detail === "" ? "" : ` (${detail})`}`
const mostNamed = 3
const named = (names: ReadonlyArray<string>): string =>
  names.length <= mostNamed
    ? names.join(", ")
    : `${names.slice(0, mostNamed).join(", ")} and ${names.length - mostNamed} more files`

const recordChanges = (
  before: Readonly<Record<string, string>> = {},
  after: Readonly<Record<string, string>> = {}
): ReadonlyArray<JsonChange> => jsonChanges(before, after).filter(({ path }) => path !== "")

/** `./plugins/x.ts`, for every file of these local plugins that is another one now. */
const changedFiles = (before: StageTrace, after: StageTrace, plugins: ReadonlyArray<string>): ReadonlyArray<string> =>
  plugins.flatMap((plugin) => {
    const [a, b] = [before.code?.[plugin] ?? {}, after.code?.[plugin] ?? {}]
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((file) => a[file] !== b[file])
  })
/** What is known of other plugins: their code, or else their versions. */
const pluginDetail = (before: StageTrace, after: StageTrace): string => {
  const files = changedFiles(before, after, Object.keys(after.code ?? {}))
  if (files.length > 0) return `code of ${named(files)}`
  return Object.keys(after.plugins)
    .filter((name) => before.plugins[name] !== undefined && before.plugins[name] !== after.plugins[name])
    .map((name) => `${name} ${before.plugins[name]} -> ${after.plugins[name]}`)
    .join(", ")
}

const stageText = (before: string, after: string): string => {
  const [idBefore, versionBefore] = before.split("@")
  const [idAfter, versionAfter] = after.split("@")
  return idBefore === idAfter
    ? changed("its version", `${versionBefore} -> ${versionAfter}`)
    : `another stage does it now (${before} -> ${after})`
}
const inputText = (port: string, before: string | undefined, after: string | undefined): string =>
  before === undefined
    ? `input ${port} is there now (${shortVersion(after ?? "")})`
    : after === undefined
      ? `input ${port} is not there now`
      : changed(`input ${port}`, `${shortVersion(before)} -> ${shortVersion(after)}`)

/** The stage that an input comes from in the same run. */
export const upstreamOf = (planned: PlannedStage, port: string): string | undefined => {
  const [name = "", ...member] = port.split(".")
  const input = planned.inputs[port] ?? planned.inputs[name]
  const one = input?.from === "group" ? input.members[member.join(".")] : input
  return one?.from === "stage" ? one.stage : undefined
}
const partitionsText = (port: string, before: StageTrace, after: StageTrace): string => {
  const stage = upstreamOf(after.planned, port)
  const [a, b] = stage === undefined ? [] : [before.partitions.get(stage), after.partitions.get(stage)]
  const [change] = a === undefined || b === undefined ? [] : jsonChanges([...a], [...b])
  return changed(`partitions of input ${port}`, change === undefined ? "" : changeDetail(change))
}
const textsOf = (field: string, before: StageTrace, after: StageTrace): ReadonlyArray<string> => {
  const [was, is] = [before.keyParts[field], after.keyParts[field]]
  if (field === "stage") return [stageText(was ?? "", is ?? "")]
  if (field === "config")
    return jsonChanges(before.planned.config, after.planned.config, "config").map((change) =>
      changed(change.path, changeDetail(change))
    )
  if (field === "code")
    return [changed(`code of ${named(changedFiles(before, after, [after.planned.plugin])) || after.planned.plugin}`, "")]
  if (field === "seed") return [changed("seed", `${was} -> ${is}`)]
  if (field === "uses") return [changed("what it uses of plugins", pluginDetail(before, after))]
  if (field === "wrappers" || field === "wraps") return [changed("what wraps it", pluginDetail(before, after))]
  if (field.startsWith("input.")) return [inputText(field.slice(6), was, is)]
  if (field.startsWith("partitions.")) return [partitionsText(field.slice(11), before, after)]
  return [changed(field, `${was ?? "nothing"} -> ${is ?? "nothing"}`)]
}
/**
 * What is different between two times of one stage, field by field of its cache key, in the order of the key: code and configuration before inputs.
 * Empty when the key is the same. Inputs are compared when `after` knows them all: with `partly`, only those that it knows.
 */
export const stageChanges = (before: StageTrace, after: StageTrace, partly = false): ReadonlyArray<StageChange> =>
  recordChanges(before.keyParts, after.keyParts)
    .filter((change) => !partly || change.after !== undefined)
    .flatMap(({ path }) => fieldOf(path, before, after))

const fieldOf = (field: string, before: StageTrace, after: StageTrace): ReadonlyArray<StageChange> =>
  textsOf(field, before, after).map((text) => ({ field, text }))

/** `config.symbols changed (+QQQ), and 2 more changes`. */
export const changesLine = (changes: ReadonlyArray<StageChange>): string | undefined => {
  const [first, ...more] = changes
  if (first === undefined) return undefined
  return more.length === 0 ? first.text : `${first.text}, and ${more.length} more change${more.length === 1 ? "" : "s"}`
}
