/** The command tree as the scripts for shells need it: what can be typed where, and where a name of the project goes. */
import type { Argument, Command, Option } from "commander"
import { buildProgram } from "../program.ts"

/** What a project has names for. */
export type NameKind = "asset" | "mode" | "pipeline" | "run"
export const nameKinds: ReadonlyArray<NameKind> = ["asset", "mode", "pipeline", "run"]
export const shells = ["bash", "zsh", "fish"] as const

export interface Flag {
  readonly long: string
  readonly short: string | undefined
  readonly help: string
  readonly choices: ReadonlyArray<string>
  /** Names that may follow it. */
  readonly names: ReadonlyArray<NameKind>
  readonly takesValue: boolean
}
export interface CommandWords {
  /** `assets export`; empty for `tetra` itself. */
  readonly path: string
  readonly children: ReadonlyArray<{ readonly name: string; readonly summary: string }>
  readonly flags: ReadonlyArray<Flag>
  /** Words and names that may stand behind the command. */
  readonly choices: ReadonlyArray<string>
  readonly names: ReadonlyArray<NameKind>
}

/** Words that an argument takes; its help tells the same. */
export const argumentWords: Readonly<Record<string, ReadonlyArray<string>>> = {
  alerts: ["list", "show", "ack", "silence", "unsilence", "test", "backtest"],
  completions: shells,
  deploy: ["launchd", "systemd", "cron", "kubernetes", "docker", "airflow", "prefect"],
  schedule: ["simulate", "pause", "resume", "trigger"]
}
/** Names that an argument takes and that are not what the argument is called. */
const argumentNames: Readonly<Record<string, ReadonlyArray<NameKind>>> = {
  "assets show": ["asset"],
  "assets diff": ["asset"],
  "assets path": ["asset"],
  "assets export": ["asset"],
  compare: ["run"],
  why: ["run", "pipeline", "asset"]
}
const isKind = (word: string): word is NameKind => (nameKinds as ReadonlyArray<string>).includes(word)
/** `run|asset` is both. */
const kindsIn = (placeholder: string): ReadonlyArray<NameKind> => placeholder.split("|").filter(isKind)

const flagOf = (option: Option): ReadonlyArray<Flag> => {
  const { argChoices = [], description, flags, long, optional, required, short } = option
  if (long === null || long === undefined) return []
  const placeholder = /[<[]([\w|]+)[\]>]/u.exec(flags)?.[1] ?? ""
  const called = long.slice(2)
  const names = placeholder === "name" ? kindsIn(called) : kindsIn(placeholder)
  return [{ long, short: short ?? undefined, help: description, choices: argChoices, names, takesValue: required || optional }]
}
const namesBehind = (path: string, all: ReadonlyArray<Argument>): ReadonlyArray<NameKind> =>
  argumentNames[path] ?? [...new Set(all.flatMap((argument) => kindsIn(argument.name())))]

const wordsOf = (command: Command, path: string): ReadonlyArray<CommandWords> => [
  {
    path,
    children: command.commands.map((child) => ({ name: child.name(), summary: child.summary() })),
    flags: [
      ...command.options.flatMap(flagOf),
      { long: "--help", short: "-h", help: "show help", choices: [], names: [], takesValue: false }
    ],
    choices: argumentWords[path] ?? [],
    names: namesBehind(path, command.registeredArguments)
  },
  ...command.commands.flatMap((child) => wordsOf(child, path === "" ? child.name() : `${path} ${child.name()}`))
]
export const commandWords = (): ReadonlyArray<CommandWords> =>
  wordsOf(
    buildProgram("0.0.0", async () => {}),
    ""
  )
/** First words that a second one follows. */
export const groupsIn = (all: ReadonlyArray<CommandWords>): ReadonlyArray<string> =>
  all.filter(({ children, path }) => path !== "" && children.length > 0).map(({ path }) => path)
/** Every spelling of the flags that words or names follow, with these. */
export const valuedFlags = ({ flags }: CommandWords): ReadonlyArray<Flag> =>
  flags.filter(({ choices, names }) => choices.length > 0 || names.length > 0)
export const spellings = ({ long, short }: Flag): ReadonlyArray<string> => (short === undefined ? [long] : [long, short])
