/** What is typed after `:`, in the words of the command line: `retry 412 --stage features`. Pure. */
import { scheduleLine } from "./scheduleQuestions.ts"
import type { Deed } from "./deeds.ts"
import { logLevels } from "./logs/query.ts"
import { type Setting, type View, views } from "./Ui.ts"
import { forced } from "./questions.ts"

/** A typed command that was understood, or why not. */
export interface Typed {
  readonly label: string
  /** The same on the command line; empty where it has none. */
  readonly line: string
  readonly act: Deed
}
/** What the typed words are looked up in. */
export interface Known {
  readonly stages: ReadonlyArray<string>
  readonly run: string
  /** The command line that does what `run` does. */
  readonly runLine: string
  readonly themes: ReadonlyArray<string>
}
interface Words {
  readonly plain: ReadonlyArray<string>
  readonly options: ReadonlyMap<string, ReadonlyArray<string>>
}
interface Spec {
  /** What it takes, for people: `[RUN] [--stage NAME]`. */
  readonly usage: string
  readonly help: string
  /** Most plain words, and the options with (`true`) and without a value. */
  readonly words: number
  readonly options?: Readonly<Record<string, boolean>>
  readonly read: (words: Words, known: Known) => Typed
}
const refuse = (why: string): Typed => ({ label: why, line: "", act: { _tag: "Refuse", why } })
const go = (view: View, line: string): Spec => ({
  usage: "",
  help: `show ${view}`,
  words: 0,
  read: () => ({ label: `show ${view}`, line, act: { _tag: "Go", view } })
})
/** `pipeline.stage`, the stage alone when only one pipeline has it, or a whole pipeline. */
const stageCalled = (name: string, { stages }: Known): string | Typed => {
  const found = stages.filter((s) => s === name || s.endsWith(`.${name}`))
  const [first] = found
  if (first !== undefined && (found.length === 1 || first === name)) return first
  if (found.length > 1) return refuse(`${found.length} pipelines have a stage ${name}: write one of ${found.join(", ")}`)
  if (stages.some((s) => s.startsWith(`${name}.`))) return name
  const near = stages.find((s) => s.includes(name))
  return refuse(`this run has no stage ${name}${near === undefined ? "" : `: did you mean ${near}?`}`)
}
const stagesCalled = (names: ReadonlyArray<string>, known: Known): ReadonlyArray<string> | Typed => {
  const found = names.map((name) => stageCalled(name, known))
  const wrong = found.find((one) => typeof one !== "string")
  return wrong ?? found.filter((one) => typeof one === "string")
}
const isWrong = (found: ReadonlyArray<string> | Typed): found is Typed => "act" in found
const flags = (name: string, values: ReadonlyArray<string>): string => values.map((value) => ` --${name} ${value}`).join("")

const logs: Spec = {
  usage: "[--stage NAME] [--level LEVEL] [--grep TEXT]",
  help: "the log, narrowed down",
  words: 0,
  options: { stage: true, level: true, grep: true },
  read: ({ options }, known) => {
    const stages = stagesCalled(options.get("stage") ?? [], known)
    if (isWrong(stages)) return stages
    const named = options.get("level")?.at(-1)
    const level = logLevels.find((one) => one === named)
    if (named !== undefined && level === undefined) return refuse(`there is no level ${named}: ${logLevels.join(", ")}`)
    const text = options.get("grep")?.at(-1)
    const line = `tetra logs${flags("stage", stages)}${flags("level", level === undefined ? [] : [level])}${flags("grep", text === undefined ? [] : [JSON.stringify(text)])}`
    const filter = { stages, ...(level === undefined ? {} : { level }), ...(text === undefined ? {} : { text }) }
    return { label: "the log, narrowed down", line, act: { _tag: "Narrow", filter } }
  }
}
const retry: Spec = {
  usage: "[RUN] [--stage NAME]",
  help: "go on with a run, or compute stages of it anew",
  words: 1,
  options: { stage: true },
  read: ({ options, plain }, known) => {
    const [run = known.run] = plain
    const names = options.get("stage") ?? []
    // Which stages another run has is not known before it is read.
    const stages = run === known.run || known.run.endsWith(run) ? stagesCalled(names, known) : names
    if (isWrong(stages)) return stages
    const of = { run, ...(stages.length === 0 ? {} : { stages }) }
    return {
      label: `retry run ${run}`,
      line: `tetra retry ${run}${flags("stage", stages)}`,
      act: { _tag: "Ask", verb: "retry", of }
    }
  }
}
const cancel: Spec = {
  usage: "[RUN]",
  help: "cancel the run",
  words: 1,
  read: ({ plain: [run] }, known) => ({
    label: `cancel run ${run ?? known.run}`,
    line: `tetra cancel ${run ?? known.run}`,
    act: { _tag: "Ask", verb: "cancel", ...(run === undefined ? {} : { of: { run } }) }
  })
}
const run: Spec = {
  usage: "[--force]",
  help: "run again",
  words: 0,
  options: { force: false },
  read: ({ options }, known) =>
    options.has("force")
      ? { label: "compute everything again", line: forced(known.runLine), act: { _tag: "Ask", verb: "force" } }
      : { label: "run again", line: known.runLine, act: { _tag: "Ask", verb: "run" } }
}
const why: Spec = {
  usage: "[STAGE]",
  help: "why the stage, or the run, is as it is",
  words: 1,
  read: ({ plain: [name] }, known) => {
    if (name === undefined || name === known.run)
      return { label: "why the run is as it is", line: `tetra why ${known.run}`, act: { _tag: "Why", stage: undefined } }
    const stage = stageCalled(name, known)
    return typeof stage === "string"
      ? { label: `why ${stage} is as it is`, line: `tetra why ${stage}`, act: { _tag: "Why", stage } }
      : stage
  }
}
const show: Spec = {
  usage: "RUN",
  help: "open a run",
  words: 1,
  read: ({ plain: [id] }) =>
    id === undefined
      ? refuse("name a run: show RUN")
      : {
          label: `open run ${id}`,
          line: `tetra ui --replay ${id}`,
          act: { _tag: "Command", command: { _tag: "OpenRun", run: id } }
        }
}
const scheduleVerbs = { pause: "pauseSchedule", resume: "resumeSchedule", trigger: "trigger" } as const
const schedule: Spec = {
  usage: "[pause|resume|trigger ID]",
  help: "what runs next; pauses a schedule, lets it go on, or runs it now",
  words: 2,
  read: ({ plain: [action, id] }) => {
    if (action === undefined) return { label: "show schedule", line: "tetra schedule", act: { _tag: "Go", view: "schedule" } }
    if (!Object.hasOwn(scheduleVerbs, action) || id === undefined) return refuse("schedule pause, resume or trigger, and an ID")
    const verb = scheduleVerbs[action as keyof typeof scheduleVerbs]
    return {
      label: `${action} the schedule ${id}`,
      line: scheduleLine(verb, id),
      act: { _tag: "Ask", verb, of: { schedule: id } }
    }
  }
}
/** The flags that begin with the setting on. */
const lines: Readonly<Partial<Record<Setting, string>>> = {
  mouse: "tetra ui --mouse",
  ascii: "tetra ui --ascii",
  color: "tetra ui --color always"
}
const values = (setting: Setting, known: Known): ReadonlyArray<string> => (setting === "theme" ? known.themes : ["on", "off"])
const set = (setting: Setting, help: string): Spec => ({
  usage: setting === "theme" ? "NAME" : "on|off",
  help,
  words: 1,
  read: ({ plain: [value] }, known) => {
    const possible = values(setting, known)
    if (value === undefined || !possible.includes(value)) return refuse(`${setting} is one of ${possible.join(", ")}`)
    const line = setting === "theme" ? `tetra ui --theme ${value}` : value === "on" ? (lines[setting] ?? "") : ""
    return { label: `${setting} ${value}`, line, act: { _tag: "Command", command: { _tag: "Set", setting, value } } }
  }
})
const tag = (help: string, act: Deed, line = ""): Spec => ({
  usage: "",
  help,
  words: 0,
  read: () => ({ label: help, line, act })
})

/** Everything that can be typed. */
export const specs: Readonly<Record<string, Spec>> = {
  run,
  retry,
  cancel,
  logs,
  why,
  show,
  graph: go("graph", "tetra graph"),
  history: go("history", "tetra history"),
  schedule,
  health: go("health", "tetra health"),
  config: go("config", "tetra config show"),
  ...Object.fromEntries(
    views
      .filter((view) => !["graph", "logs", "history", "schedule", "health", "config"].includes(view))
      .map((view) => [view, go(view, view === "stages" ? "tetra show" : "")])
  ),
  theme: set("theme", "choose the colours"),
  mouse: set("mouse", "wheel and clicks; shift-drag still selects"),
  motion: set("motion", "spinner and moving bars"),
  color: set("color", "colours on and off"),
  ascii: set("ascii", "signs from ASCII alone"),
  lines: tag("go on line by line", { _tag: "LineMode" }),
  help: tag("keys of this view", { _tag: "Help" }),
  quit: tag("leave the dashboard", { _tag: "Quit" })
}

/** Words as a shell splits them: quotes keep spaces. */
const split = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/"([^"]*)"?|'([^']*)'?|[^\s"']+/gu)].map(([all, double, single]) => double ?? single ?? all)
const sorted = (name: string, spec: Spec, words: ReadonlyArray<string>): Words | Typed => {
  const plain: Array<string> = []
  const options = new Map<string, ReadonlyArray<string>>()
  const usage = `${name} ${spec.usage}`.trim()
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ""
    if (!word.startsWith("--")) {
      plain.push(word)
      continue
    }
    const [option = "", inline] = word.slice(2).split(/=(.*)/su)
    const takes = spec.options?.[option]
    if (takes === undefined) return refuse(`${name} has no option --${option}: ${usage}`)
    const value = takes ? (inline ?? words[++i]) : ""
    if (value === undefined) return refuse(`--${option} needs a value: ${usage}`)
    options.set(option, [...(options.get(option) ?? []), value])
  }
  if (plain.length > spec.words) return refuse(`"${plain[spec.words]}" is too much: ${usage}`)
  return { plain, options }
}
/** The command that `text` is; undefined when it does not begin with the name of one. `tetra` before it is allowed. */
export const readCommand = (text: string, known: Known): Typed | undefined => {
  const words = split(text.trim().replace(/^tetra\s+/u, ""))
  const [name = "", ...rest] = words
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined
  if (spec === undefined) return undefined
  const found = sorted(name, spec, rest)
  return "act" in found ? found : spec.read(found, known)
}
