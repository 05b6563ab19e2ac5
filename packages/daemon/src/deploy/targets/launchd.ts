/** launchd: one job per frequency, with the times of its schedules as sets of calendar fields. */
import { join } from "node:path"
import { type Cron, parseCron } from "@tetra/core/engine"
import { Result } from "effect"
import { bottoms, compact, type FieldName, tops } from "../fields.ts"
import { ruleOf, type Written } from "../express.ts"
import { headerLines, type Told } from "../header.ts"
import { daemonWords, gateWords, idsOf, type Job, slug, type Writer } from "../jobs.ts"
import { type Plist, plistText, readPlist } from "../plist.ts"
import { type DeployContext, type DeployFile, NotReadBack, type ReadRule } from "../Target.ts"

/** More sets than this are a table that launchd should not be asked to walk. */
const mostDicts = 512
const keys = { Month: "month", Day: "date", Weekday: "weekday", Hour: "hour", Minute: "minute" } as const satisfies Readonly<
  Record<string, FieldName>
>
type Dict = Readonly<Partial<Record<keyof typeof keys, number>>>

const times = (seconds: Cron["seconds"]) => ({
  Hour: new Set(seconds.map((second) => Math.floor(second / 3600))),
  Minute: new Set(seconds.map((second) => Math.floor(second / 60) % 60))
})
/** The product of what is named; what may be anything is left out. Either of two day fields: their sets one after another. */
export const dictsOf = ({ dates, either, months, seconds, weekdays }: Cron): ReadonlyArray<Dict> => {
  const named = { Month: months, Day: dates.values, Weekday: weekdays.values, ...times(seconds) }
  const product = (without: ReadonlyArray<string>): ReadonlyArray<Dict> =>
    Object.entries(named).reduce<ReadonlyArray<Dict>>(
      (found, [key, values]) => {
        const field = keys[key as keyof typeof keys]
        if (without.includes(key) || values.size === tops[field] - bottoms[field] + 1) return found
        return found.flatMap((dict) => [...values].sort((a, b) => a - b).map((value) => ({ ...dict, [key]: value })))
      },
      [{}]
    )
  return either ? [...product(["Weekday"]), ...product(["Day"])] : product([])
}
const labelOf = (project: string, group: string): string =>
  project === "tetra" ? `com.tetra.${group}` : `com.tetra.${project}.${group}`
const groupsOf = (jobs: ReadonlyArray<Job>): ReadonlyArray<readonly [string, ReadonlyArray<Job>]> => [
  ...Map.groupBy(jobs, ({ name, spec }) => (spec.frequency === undefined ? name : slug(spec.frequency)))
]
/** The search path is that of a login shell's system part: stages may start programs of their own. */
const environment = ({ home, program }: DeployContext) => ({
  PATH: [join(program[0]!, ".."), "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"].join(":"),
  TETRA_HOME: home
})
const outputs = (home: string, group: string) => ({
  StandardOutPath: join(home, "logs", `launchd-${group}.log`),
  StandardErrorPath: join(home, "logs", `launchd-${group}.err.log`)
})
const fileOf = (label: string, value: Plist, comment: ReadonlyArray<string>): DeployFile => ({
  path: `${label}.plist`,
  text: plistText(value, comment)
})
const jobFile = (context: DeployContext, told: ReadonlyArray<Told>, group: string, jobs: ReadonlyArray<Job>): DeployFile => {
  const dicts = jobs.flatMap(({ expressed }) => expressed.rules.flatMap((rule: Written) => dictsOf(ruleOf(rule).cron)))
  const ids = jobs.map(({ spec }) => spec.id)
  if (dicts.length > mostDicts)
    throw new NotReadBack(
      `${ids.join(", ")}: launchd would need ${dicts.length} sets of times, more than ${mostDicts}; let the daemon fire it: tetra deploy launchd --style daemon`
    )
  const label = labelOf(context.project, group)
  const own = told.filter(({ id }) => ids.includes(id))
  return fileOf(
    label,
    {
      Label: label,
      ProgramArguments: [...context.program, ...gateWords(context, "launchd", ids)],
      WorkingDirectory: context.root,
      EnvironmentVariables: environment(context),
      StartCalendarInterval: dicts.length === 1 ? { ...dicts[0]! } : dicts.map((dict) => ({ ...dict })),
      ...outputs(context.home, group),
      RunAtLoad: false
    },
    headerLines("launchd", context, own)
  )
}
const daemonFile = (context: DeployContext): DeployFile => {
  const label = labelOf(context.project, "orchestrator")
  return fileOf(
    label,
    {
      Label: label,
      ProgramArguments: [...context.program, ...daemonWords(context)],
      WorkingDirectory: context.root,
      EnvironmentVariables: environment(context),
      ...outputs(context.home, "orchestrator"),
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 10,
      ExitTimeOut: context.drainSeconds + 15,
      ProcessType: "Background"
    },
    headerLines("launchd", context, [])
  )
}
const labelIn = (path: string): string => path.replace(/\.plist$/u, "")
const isRecord = (value: Plist | undefined): value is { readonly [key: string]: Plist } =>
  typeof value === "object" && !Array.isArray(value)

type Fields = Readonly<Record<FieldName, ReadonlyArray<number> | undefined>>
/** A set of calendar fields: what is left out may be anything. */
const readDict = (dict: Plist): Fields => {
  if (!isRecord(dict)) throw new NotReadBack("StartCalendarInterval holds something that is no dictionary")
  const known: Readonly<Record<string, FieldName>> = keys
  const fields: Partial<Record<FieldName, ReadonlyArray<number>>> = {}
  for (const [key, value] of Object.entries(dict)) {
    const name = known[key]
    if (name === undefined || typeof value !== "number")
      throw new NotReadBack(`StartCalendarInterval holds ${key}: ${JSON.stringify(value)}`)
    fields[name] = [name === "weekday" ? value % 7 : value]
  }
  const { date, hour, minute, month, second, weekday } = fields
  return { date, hour, minute, month, second, weekday }
}
/** Sets that differ in one field are one set: a table of a few rules is walked faster than one of hundreds. */
const merged = (all: ReadonlyArray<Fields>): ReadonlyArray<Fields> =>
  (["minute", "hour", "weekday", "date", "month"] as const).reduce<ReadonlyArray<Fields>>(
    (found, name) =>
      [...Map.groupBy(found, (fields) => JSON.stringify({ ...fields, [name]: fields[name] === undefined })).values()].map(
        (alike) => ({
          ...alike[0]!,
          [name]: alike[0]![name] === undefined ? undefined : alike.flatMap((fields) => fields[name] ?? [])
        })
      ),
    all
  )
const ruleIn = (fields: Fields, zone: string): ReadRule => {
  const field = (name: FieldName): string => {
    const values = fields[name]
    return values === undefined ? "*" : compact(values, name)
  }
  const text = (["minute", "hour", "date", "month", "weekday"] as const).map(field).join(" ")
  return { text, cron: Result.getOrThrow(parseCron(text)), zone }
}

/** `zone`: that of the machine, which no plist names. */
export const launchd = (zone: string): Writer => ({
  write: (context, jobs, told) =>
    context.style === "daemon" ? [daemonFile(context)] : groupsOf(jobs).map(([group, of]) => jobFile(context, told, group, of)),
  read: (files) =>
    files.flatMap(({ path, text }) => {
      const root = readPlist(text)
      if (!isRecord(root) || root["Label"] !== labelIn(path)) throw new NotReadBack(`${path} does not carry its own label`)
      const words = root["ProgramArguments"]
      if (!Array.isArray(words)) throw new NotReadBack(`${path} starts nothing`)
      const written = root["StartCalendarInterval"]
      const dicts = written === undefined ? [] : Array.isArray(written) ? (written as ReadonlyArray<Plist>) : [written]
      const rules = merged(dicts.map(readDict)).map((fields) => ruleIn(fields, zone))
      return idsOf(words.map(String)).map((id) => ({ id, rules, instants: [] }))
    })
})
