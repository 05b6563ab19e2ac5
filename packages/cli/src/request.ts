/** From the words of `tetra run` to a request. Pure. */
import type { Project, RunRequest } from "@tetra/core/engine"
import { flagsOf } from "@tetra/core/engine"
import type { Json } from "./domain.ts"
import { Refusal } from "./failure.ts"
import { nearest } from "./nearest.ts"
import { assignments, passThrough } from "./parameters.ts"
import type { Call } from "./program.ts"
import { flag, list, number, text } from "./project/open.ts"

const own = [
  "mode",
  "pipeline",
  "dry-run",
  "force",
  "param",
  "start-date",
  "end-date",
  "days",
  "seed",
  "resume",
  "output",
  "config",
  "env",
  "quiet",
  "verbose",
  "help"
]
/** Parameters that set the policy of stages where no pipeline has one of that name. */
const policies = ["max_retries", "retry_count", "timeout"]
const plain = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1_$2")
    .replaceAll("-", "_")
    .toLowerCase()

/** Refuses an option that no pipeline knows, with the nearest name: a misspelt `--dryrun` must not run anything. */
export const checkOptions = (names: ReadonlyArray<string>, project: Pick<Project, "catalogue">): void => {
  const flags = [...project.catalogue.pipelines.values()].flatMap(({ pipeline }) => flagsOf(pipeline))
  const known = new Set(flags.flatMap((f) => [plain(f.key), plain(f.flag.slice(2))]))
  const pipelines = [...project.catalogue.pipelines.keys()]
  for (const name of names) {
    const dot = name.indexOf(".")
    const prefix = dot === -1 ? undefined : name.slice(0, dot)
    if (prefix !== undefined && !pipelines.includes(prefix)) {
      const near = nearest(prefix, pipelines)
      throw new Refusal(
        `there is no pipeline "${prefix}" for --${name}.${near === undefined ? "" : ` Did you mean --${near}${name.slice(dot)}?`}`
      )
    }
    if (known.has(plain(name.slice(dot + 1))) || policies.includes(plain(name.slice(dot + 1)))) continue
    const near = nearest(name, [...own, ...flags.map((f) => f.flag.slice(2))])
    throw new Refusal(`unknown option --${name}.${near === undefined ? "" : ` Did you mean --${near}?`}`, {
      hint: "`tetra run --help` shows the options of run, `tetra plugins list` those of the pipelines"
    })
  }
}

/** What was asked for. Later ones win: pass-through options over `--param`. */
export const requestOf = (call: Call, project: Pick<Project, "catalogue">): RunRequest => {
  const passed = passThrough(call.args)
  checkOptions(Object.keys(passed), project)
  const mode = text(call, "mode")
  const startDate = text(call, "startDate")
  const endDate = text(call, "endDate")
  const days = number(call, "days")
  const seed = number(call, "seed")
  const pipelines = list(call, "pipeline")
  if (startDate !== undefined && endDate !== undefined && startDate > endDate) {
    throw new Refusal(`--start-date ${startDate} is after --end-date ${endDate}`, { hint: "swap them" })
  }
  if (days !== undefined && startDate !== undefined)
    throw new Refusal("--days and --start-date exclude each other", { hint: "give one of them" })
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(pipelines.length === 0 ? {} : { pipelines: [...pipelines] }),
    params: { ...assignments(list(call, "param")), ...passed },
    ...(flag(call, "force") ? { force: true } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...(days === undefined ? {} : { days })
  }
}

/** The request as it is recorded with the run, so that `--resume` can ask the same again. */
export const recorded = (request: RunRequest): Json => JSON.parse(JSON.stringify(request)) as Json
/** The request that a run was started with; undefined when another surface recorded something else. */
export const requestOfRecord = (params: Json): RunRequest | undefined => {
  if (params === null || typeof params !== "object" || Array.isArray(params) || !("params" in params)) return undefined
  return params as unknown as RunRequest
}
