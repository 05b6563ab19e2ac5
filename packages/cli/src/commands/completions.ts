/** `tetra completions SHELL`: scripts made from the command tree, so that they never lag behind it. */
import process from "node:process"
import type { Command } from "commander"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { didYouMean } from "../nearest.ts"
import { buildProgram, type Call } from "../program.ts"

interface Words {
  /** `assets export`; empty for `tetra` itself. */
  readonly path: string
  readonly summary: string
  readonly children: ReadonlyArray<{ readonly name: string; readonly summary: string }>
  readonly flags: ReadonlyArray<{
    readonly flag: string
    readonly help: string
    readonly choices: ReadonlyArray<string>
    readonly takesValue: boolean
  }>
}
const wordsOf = (command: Command, path: string): ReadonlyArray<Words> => [
  {
    path,
    summary: command.summary(),
    children: command.commands.map((child) => ({ name: child.name(), summary: child.summary() })),
    flags: command.options.flatMap((o) =>
      o.long === null || o.long === undefined
        ? []
        : [{ flag: o.long, help: o.description, choices: o.argChoices ?? [], takesValue: o.required || o.optional }]
    )
  },
  ...command.commands.flatMap((child) => wordsOf(child, path === "" ? child.name() : `${path} ${child.name()}`))
]
const tree = (): ReadonlyArray<Words> =>
  wordsOf(
    buildProgram("0.0.0", async () => {}),
    ""
  )
const shells = ["bash", "zsh", "fish"]

const bash = (all: ReadonlyArray<Words>): string => {
  const words = all.map(
    (w) => `    "${w.path}") words="${[...w.children.map((c) => c.name), ...w.flags.map((f) => f.flag), "--help"].join(" ")}" ;;`
  )
  const values = all.flatMap((w) =>
    w.flags.filter((f) => f.choices.length > 0).map((f) => `    "${w.path} ${f.flag}") words="${f.choices.join(" ")}" ;;`)
  )
  const groups = all.filter((w) => w.path !== "" && w.children.length > 0).map((w) => w.path)
  return `# tetra completion for bash
_tetra() {
  local cur prev path words
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  path=""
  if [ "$COMP_CWORD" -gt 1 ]; then path="\${COMP_WORDS[1]}"; fi
  case "$path" in
    ${groups.join("|")}) if [ "$COMP_CWORD" -gt 2 ]; then path="$path \${COMP_WORDS[2]}"; fi ;;
  esac
  words=""
  case "$path $prev" in
${values.join("\n")}
  esac
  if [ -z "$words" ]; then
    case "$path" in
${words.join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -F _tetra tetra tetra-orchestrator
`
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const zsh = (all: ReadonlyArray<Words>): string => {
  const cases = all.map((w) => {
    const entries = [
      ...w.children.map((c) => `${c.name}:${c.summary.replaceAll(":", "\\:")}`),
      ...w.flags.map((f) => `${f.flag}:${f.help.replaceAll(":", "\\:")}`)
    ]
    return `    ${quoted(w.path)}) candidates=(${entries.map(quoted).join(" ")}) ;;`
  })
  const values = all.flatMap((w) =>
    w.flags
      .filter((f) => f.choices.length > 0)
      .map((f) => `    ${quoted(`${w.path} ${f.flag}`)}) candidates=(${f.choices.map(quoted).join(" ")}) ;;`)
  )
  const groups = all.filter((w) => w.path !== "" && w.children.length > 0).map((w) => w.path)
  return `#compdef tetra tetra-orchestrator
_tetra() {
  local path=""
  local -a candidates
  if (( CURRENT > 2 )); then path="\${words[2]}"; fi
  case "$path" in
    ${groups.join("|")}) if (( CURRENT > 3 )); then path="$path \${words[3]}"; fi ;;
  esac
  case "$path \${words[CURRENT-1]}" in
${values.join("\n")}
  esac
  if (( \${#candidates} == 0 )); then
    case "$path" in
${cases.join("\n")}
    esac
  fi
  _describe 'tetra' candidates || _files
}
compdef _tetra tetra tetra-orchestrator
`
}

const fishQuoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`
const fish = (all: ReadonlyArray<Words>): string => {
  const lines = all.flatMap((w) => {
    const [first, second] = w.path.split(" ")
    const when =
      w.path === ""
        ? "__fish_use_subcommand"
        : second === undefined
          ? `__fish_seen_subcommand_from ${first}`
          : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`
    const flags = w.flags.map((f) => {
      const values = f.choices.length > 0 ? ` -x -a ${fishQuoted(f.choices.join(" "))}` : f.takesValue ? " -r" : ""
      return `complete -c tetra -n ${fishQuoted(when)} -l ${f.flag.slice(2)} -d ${fishQuoted(f.help)}${values}`
    })
    return [
      ...w.children.map(
        (c) => `complete -c tetra -f -n ${fishQuoted(when)} -a ${fishQuoted(c.name)} -d ${fishQuoted(c.summary)}`
      ),
      ...flags
    ]
  })
  return `# tetra completion for fish\n${lines.join("\n")}\n`
}

export const handle = async ({ args }: Call): Promise<ExitCode> => {
  const shell = args[0] ?? ""
  const make = { bash, zsh, fish }[shell]
  if (make === undefined) {
    throw new Refusal(`no completions for "${shell}".${didYouMean(shell, shells)}`, { hint: `there are: ${shells.join(", ")}` })
  }
  process.stdout.write(make(tree()))
  return exitCodes.completed
}
