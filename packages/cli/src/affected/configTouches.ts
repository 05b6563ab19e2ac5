/** Which pipelines a change of the configuration can give other results. Pure. */
import { type Json, jsonChanges } from "@tetra/core/engine"
import { parse } from "yaml"

/** Pipelines, or all of them, with what changed. */
export interface Touch {
  readonly pipelines: ReadonlyArray<string> | "all"
  readonly because: string
}
/** Sections that decide when, where or how patiently something runs, never what comes out. */
const noResult = new Set([
  "alerting",
  "cache",
  "dashboard",
  "health",
  "http",
  "project",
  "recovery_procedures",
  "resource_management",
  "retention",
  "retry",
  "state",
  "telemetry",
  "timezone",
  "version"
])
const noResultOfPipeline = new Set([
  "cache",
  "concurrency",
  "max_data_age_hours",
  "retry",
  "schedule_options",
  "timezone",
  "triggers"
])
const noResultOfDependency = new Set(["schedule", "frequency"])

const touchOf = (
  path: string,
  asked: { readonly mode: string | undefined; readonly environment: string | undefined }
): Touch | undefined => {
  const [section = "", name = "", key = ""] = path.split(".")
  const because = `the configuration changed at ${path}`
  if (section === "environments") {
    if (name !== asked.environment) return undefined
    const rest = path.split(".").slice(2).join(".")
    return rest === "" ? { pipelines: "all", because } : touchOf(rest, asked)
  }
  if (noResult.has(section)) return undefined
  if (section === "pipelines" && name !== "") return noResultOfPipeline.has(key) ? undefined : { pipelines: [name], because }
  if (section === "pipeline_dependencies" && name !== "")
    return noResultOfDependency.has(key) ? undefined : { pipelines: [name], because }
  if (section === "modes" && name !== "")
    return name !== asked.mode ? undefined : { pipelines: key === "" ? "all" : [key], because }
  return { pipelines: "all", because }
}
const parsed = (text: string): Json | undefined => {
  try {
    return (parse(text) ?? {}) as Json
  } catch {
    return undefined
  }
}
type Fields = Readonly<Record<string, Json>>
const fieldsOf = (value: Json | undefined): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {}
/** With empty sections for those that only the other has, so that what was added is told piece by piece. */
const levelled = (document: Fields, other: Fields): Fields => {
  const sections = { pipelines: {}, pipeline_dependencies: {}, modes: {}, environments: {}, ...document }
  const names = Object.keys(fieldsOf(other["pipeline_dependencies"]))
  const empty = Object.fromEntries(names.map((name) => [name, {}]))
  return { ...sections, pipeline_dependencies: { ...empty, ...fieldsOf(sections.pipeline_dependencies) } }
}
/** `before` undefined: the file was not there. A text that is no YAML counts as a change of everything. */
export const configTouches = (
  before: string | undefined,
  after: string,
  asked: { readonly mode: string | undefined; readonly environment: string | undefined }
): ReadonlyArray<Touch> => {
  const [one, other] = [before === undefined ? undefined : parsed(before), parsed(after)]
  if (one === undefined || other === undefined) return [{ pipelines: "all", because: "the configuration is new" }]
  const [from, to] = [fieldsOf(one), fieldsOf(other)]
  return jsonChanges(levelled(from, to), levelled(to, from)).flatMap(({ path }) => touchOf(path, asked) ?? [])
}
