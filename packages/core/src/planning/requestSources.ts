import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { Json } from "../domain/Names.ts"
import { hintFor } from "../domain/nearest.ts"
import type { CataloguePipeline } from "./Catalogue.ts"
import { durationMs } from "../domain/Quantities.ts"
import type { ModeEntry } from "./modes.ts"
import { parameterNamed, parametersOf } from "./parameters.ts"
import { plainName } from "./plannedParameters.ts"
import type { Project } from "./Project.ts"
import { optionsHint, type ParameterSource } from "./resolveParameters.ts"
import type { PolicyFlags } from "./resolvePolicy.ts"
import type { RunRequest } from "./RunRequest.ts"
import { pipelineNamed, type Selection } from "./selectPipelines.ts"

/** The flags of a request, sorted by the pipeline that they go to. */
export interface SortedFlags {
  readonly params: ReadonlyMap<string, Readonly<Record<string, Json>>>
  readonly policy: ReadonlyMap<string, PolicyFlags>
  /** Parameters that went to several pipelines. */
  readonly shared: ReadonlySet<string>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

const has = (entry: CataloguePipeline, name: string) => parameterNamed(parametersOf(entry.pipeline), name) !== undefined

/** Each flag goes to every selected pipeline that has a parameter of its name, or to the one that it addresses. */
export const sortFlags = (project: Project, pipelines: ReadonlyArray<string>, request: RunRequest): SortedFlags => {
  const diagnostics: Array<Diagnostic> = []
  const shared = new Set<string>()
  const params = new Map<string, Record<string, Json>>(pipelines.map((name) => [name, {}]))
  const policy = new Map<string, PolicyFlags>(pipelines.map((name) => [name, {}]))
  const refuse = (where: string, message: string, hint: string) => void diagnostics.push({ level: "error", where, message, hint })
  const give = (flag: string, value: Json, among: ReadonlyArray<string>) => {
    const takers = among.filter((name) => has(project.catalogue.pipelines.get(name)!, flag))
    for (const name of takers) params.get(name)![flag] = value
    if (takers.length > 1) shared.add(flag)
    if (takers.length > 0) return true
    const rule = policyFlag(flag, value)
    if (rule === undefined) return false
    if (typeof rule === "string") refuse(`--${flag}`, rule, "give it as in --param max_retries=3 or --param timeout=5m")
    else for (const name of among) policy.set(name, { ...policy.get(name), ...rule })
    return true
  }
  for (const [key, value] of Object.entries(request.params)) {
    const dot = key.indexOf(".")
    const target = dot === -1 ? undefined : pipelineNamed(project.catalogue, key.slice(0, dot))
    if (dot !== -1 && (target === undefined || !params.has(target))) {
      refuse(
        `--${key}`,
        `the pipeline "${key.slice(0, dot)}" is not in this run`,
        hintFor(key.slice(0, dot), pipelines, "select it with --pipeline")
      )
    } else if (!give(dot === -1 ? key : key.slice(dot + 1), value, target === undefined ? pipelines : [target])) {
      refuse(
        `--${key.replaceAll("_", "-")}`,
        unknownFlag(project, pipelines, target, dot === -1 ? key : key.slice(dot + 1)),
        flagHint(project, target === undefined ? pipelines : [target], dot === -1 ? key : key.slice(dot + 1))
      )
    }
  }
  for (const [flag, value] of datesOf(request, refuse)) {
    if (!give(flag, value, pipelines))
      refuse(
        `--${flag.replaceAll("_", "-")}`,
        `no selected pipeline has a parameter "${flag}"`,
        "select the data pipeline, or leave it out"
      )
  }
  const { logicalDate } = request
  if (logicalDate !== undefined && !isDate(logicalDate))
    refuse("--logical-date", `"${logicalDate}" is no date`, "write it as 2026-01-31")
  // Not every pipeline asks for it: what is not asked for is not missed. What was set by name wins.
  for (const name of pipelines)
    if (logicalDate !== undefined && has(project.catalogue.pipelines.get(name)!, "logical_date"))
      params.get(name)!["logical_date"] ??= logicalDate
  if (request.force === true)
    for (const name of pipelines) if (has(project.catalogue.pipelines.get(name)!, "force")) params.get(name)!["force"] = true
  return { params, policy, shared, diagnostics }
}

const unknownFlag = (project: Project, pipelines: ReadonlyArray<string>, target: string | undefined, name: string) => {
  const elsewhere = [...project.catalogue.pipelines].filter(([, entry]) => has(entry, name)).map(([other]) => other)
  const where = target ?? (pipelines.length === 1 ? pipelines[0]! : "no pipeline of this run")
  const lacks =
    target === undefined && pipelines.length !== 1 ? `${where} has a parameter "${name}"` : `${where} has no parameter "${name}"`
  return elsewhere.length === 0 ? lacks : `${lacks}; ${elsewhere.join(", ")} has`
}
const flagHint = (project: Project, pipelines: ReadonlyArray<string>, name: string) => {
  const entries = pipelines.map((p) => project.catalogue.pipelines.get(p)!.pipeline)
  const flags = entries.flatMap((pipeline) => parametersOf(pipeline).map((p) => p.flag))
  const close = hintFor(name.replaceAll("_", "-"), flags, "")
  const options = entries.map((pipeline) => optionsHint(pipeline)).join("; ")
  return close.startsWith("did you mean") ? `${close.replace(/"(.*)"/, '"--$1"')} ${options}` : options
}

/** `undefined`: no flag of the policy. A text: what is wrong with it. */
const policyFlag = (flag: string, value: Json): PolicyFlags | string | undefined => {
  const name = plainName(flag)
  if (name === "timeout") {
    const timeoutMs = typeof value === "number" ? value * 1000 : typeof value === "string" ? durationMs(value) : undefined
    return timeoutMs !== undefined && timeoutMs > 0 ? { timeoutMs } : `expected a duration, got ${JSON.stringify(value)}`
  }
  if (name !== "max_retries" && name !== "retry_count") return undefined
  const count = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value
  const least = name === "max_retries" ? 1 : 0
  if (typeof count !== "number" || !Number.isInteger(count) || count < least)
    return `expected a whole number from ${least} on, got ${JSON.stringify(value)}`
  return { maxAttempts: name === "max_retries" ? count : count + 1 }
}

const datesOf = (
  request: RunRequest,
  refuse: (where: string, message: string, hint: string) => void
): ReadonlyArray<readonly [string, Json]> => {
  for (const [flag, date] of [
    ["--start-date", request.startDate],
    ["--end-date", request.endDate]
  ] as const) {
    if (date !== undefined && !isDate(date)) refuse(flag, `"${date}" is no date`, "write it as 2026-01-31")
  }
  if (request.days !== undefined && !(Number.isInteger(request.days) && request.days > 0))
    refuse("--days", `expected a whole number of days above 0, got ${request.days}`, "for example --days 30")
  if (request.startDate !== undefined && request.endDate !== undefined && request.startDate > request.endDate)
    refuse("--end-date", `${request.endDate} is before the start, ${request.startDate}`, "exchange the two")
  const pairs: ReadonlyArray<readonly [string, Json | undefined]> = [
    ["start_date", request.startDate],
    ["end_date", request.endDate],
    ["days", request.days]
  ]
  return pairs.flatMap(([flag, value]) => (value === undefined ? [] : [[flag, value] as const]))
}
const isDate = (text: string) => {
  const date = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** The pipeline's own mode that holds: what the entry's `mode` names, else the mode of the request. */
export const ownModeOf = ({ pipeline }: CataloguePipeline, selection: Selection): string | undefined => {
  const wanted = selection.mode?.entries[pipeline.name]?.["mode"] ?? selection.modeName
  return typeof wanted === "string" && wanted in pipeline.modes ? wanted : undefined
}

/** Default < the pipeline's own mode < `pipelines.P.config` < `modes.M.P` < flag. */
export const sourcesOf = (
  project: Project,
  name: string,
  selection: Selection,
  request: RunRequest,
  { params, shared }: Pick<SortedFlags, "params" | "shared">
): ReadonlyArray<ParameterSource> => {
  const entry = project.catalogue.pipelines.get(name)!
  const file = project.configFile ?? "configuration"
  const own = ownModeOf(entry, selection)
  const { mode } = selection
  const dated = request.days !== undefined || request.startDate !== undefined
  return [
    {
      where: entry.plugin,
      path: `modes.${own}`,
      values: own === undefined ? {} : (entry.pipeline.modes[own] as Readonly<Record<string, unknown>>),
      form: "decoded",
      lenient: true
    },
    {
      where: file,
      path: `pipelines.${name}.config`,
      values: project.config.pipelines?.[name]?.config ?? {},
      form: "json",
      lenient: false
    },
    ...(mode?.entries[name] === undefined
      ? []
      : [
          {
            where: file,
            path: `modes.${mode.name}.${name}`,
            values: modeValues(entry, mode.entries[name], dated),
            form: "json" as const,
            lenient: mode.builtIn
          }
        ]),
    { where: "flags", path: undefined, values: params.get(name) ?? {}, shared, form: "text", lenient: false }
  ]
}

/** Without the words that are no parameters of the pipeline: `mode` when it names its own mode, `force`. Dates of the request replace the mode's. */
export const modeValues = (entry: CataloguePipeline, values: ModeEntry, dated: boolean): ModeEntry =>
  Object.fromEntries(
    Object.entries(values).filter(([key, value]) => {
      if (dated && ["days", "start_date", "end_date"].includes(plainName(key))) return false
      if (has(entry, key)) return true
      return key !== "force" && !(key === "mode" && typeof value === "string" && value in entry.pipeline.modes)
    })
  )
