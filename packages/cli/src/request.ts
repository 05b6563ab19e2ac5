/** From the words of `tetra run` to a request. Pure. */
import { flagsOf, nearest, type Project, type RunRequest } from "@tetra/core/engine"
import { lackingSecrets, redactedMark, restored } from "@tetra/daemon/runs"
import { Refusal } from "./failure.ts"
import { assignments, passThrough } from "./parameters.ts"
import { type Call, displayFlags } from "./program.ts"
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
  "priority",
  "resume",
  "if-running",
  "command-id",
  "schedule",
  "scheduled-by",
  "take-over",
  "trigger-key",
  "partial-ok",
  "affected",
  "junit",
  "attach",
  "detach",
  "standalone",
  "output",
  ...displayFlags,
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

/** Refuses an option that no pipeline knows, as it was typed and with the nearest name: a misspelt `--dryrun` must not run anything. */
export const checkOptions = (
  passed: ReturnType<typeof passThrough>,
  project: Pick<Project, "catalogue">,
  ours: ReadonlyArray<string> = own
): void => {
  const flags = [...project.catalogue.pipelines.values()].flatMap(({ pipeline }) => flagsOf(pipeline))
  const known = new Set(flags.flatMap((f) => [plain(f.key), plain(f.flag.slice(2))]))
  const pipelines = [...project.catalogue.pipelines.keys()]
  for (const [name, value] of Object.entries(passed)) {
    const dashes = value === false ? "--no-" : "--"
    const dot = name.indexOf(".")
    const prefix = dot === -1 ? undefined : name.slice(0, dot)
    if (prefix !== undefined && !pipelines.includes(prefix)) {
      const near = nearest(prefix, pipelines)
      throw new Refusal(
        `there is no pipeline "${prefix}" for ${dashes}${name}.${near === undefined ? "" : ` Did you mean ${dashes}${near}${name.slice(dot)}?`}`
      )
    }
    if (known.has(plain(name.slice(dot + 1))) || policies.includes(plain(name.slice(dot + 1)))) continue
    // What is ours comes here only in a form that it does not take: `--no-force`, `--force=false`.
    if (ours.includes(name))
      throw new Refusal(`unknown option ${value === false ? `--no-${name}` : `--${name}=${value}`}`, {
        hint: `write --${name} alone, or leave it out`
      })
    const names = flags.map((f) => f.flag.slice(2))
    const near = nearest(name, value === false ? names : [...ours, ...names])
    throw new Refusal(`unknown option ${dashes}${name}.${near === undefined ? "" : ` Did you mean ${dashes}${near}?`}`, {
      hint: "`--help` shows the options of the command, `tetra plugins list` those of the pipelines of a project"
    })
  }
}

/** What was asked for. Later ones win: pass-through options over `--param`. */
export const requestOf = (call: Call, project: Pick<Project, "catalogue">): RunRequest => {
  const passed = passThrough(call.args)
  checkOptions(passed, project)
  const mode = text(call, "mode")
  const startDate = text(call, "startDate")
  const endDate = text(call, "endDate")
  const days = number(call, "days")
  const seed = number(call, "seed")
  const priority = number(call, "priority")
  const pipelines = list(call, "pipeline")
  const params = { ...assignments(list(call, "param")), ...passed }
  const blank = Object.keys(params).find((name) => params[name] === redactedMark)
  if (blank !== undefined)
    throw new Refusal(`${blank} is ${redactedMark}: that stands for a secret, which no record keeps`, {
      hint: "give the secret itself"
    })
  if (startDate !== undefined && endDate !== undefined && startDate > endDate) {
    throw new Refusal(`--start-date ${startDate} is after --end-date ${endDate}`, { hint: "swap them" })
  }
  if (days !== undefined && startDate !== undefined)
    throw new Refusal("--days and --start-date exclude each other", { hint: "give one of them" })
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(pipelines.length === 0 ? {} : { pipelines: [...pipelines] }),
    params,
    ...(flag(call, "force") ? { force: true } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(priority === undefined ? {} : { priority }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...(days === undefined ? {} : { days })
  }
}

/** A recorded request with its secrets, which have to be given again: a record does not keep them. */
export const withSecrets = (request: RunRequest, asked: RunRequest): RunRequest => {
  const lacking = lackingSecrets(request, asked)
  if (lacking.length > 0)
    throw new Refusal(`the run was started with ${lacking.join(", ")}, which is secret and was not kept`, {
      hint: `give it again: ${lacking.map((name) => `--param ${name}=...`).join(" ")}`
    })
  return restored(request, asked)
}
