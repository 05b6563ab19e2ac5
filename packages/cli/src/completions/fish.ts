import { type CommandWords, groupsIn } from "./CommandWords.ts"

const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`
const names = (kinds: ReadonlyArray<string>): ReadonlyArray<string> => kinds.map((kind) => `(__tetra_names ${kind})`)

const linesOf = ({ children, choices, flags, names: kinds, path }: CommandWords): ReadonlyArray<string> => {
  const complete = `complete -c tetra -n ${quoted(`__tetra_at ${quoted(path)}`)}`
  const offered = [...choices, ...names(kinds)]
  return [
    ...children.map(({ name, summary }) => `${complete} -f -a ${quoted(name)} -d ${quoted(summary)}`),
    ...(offered.length === 0 ? [] : [`${complete} -f -a ${quoted(offered.join(" "))}`]),
    ...flags.map(({ choices: values, help, long, names: of, short, takesValue }) => {
      const words = [...values, ...names(of)]
      const value = words.length > 0 ? ` -x -a ${quoted(words.join(" "))}` : takesValue ? " -r" : ""
      return `${complete} -l ${long.slice(2)}${short === undefined ? "" : ` -s ${short.slice(1)}`} -d ${quoted(help)}${value}`
    })
  ]
}
export const fish = (all: ReadonlyArray<CommandWords>): string => `# tetra completion for fish
function __tetra_at
  set -l typed (commandline -opc)
  set -l at
  if set -q typed[2]
    set at $typed[2]
    if contains -- $at ${groupsIn(all).join(" ")}; and set -q typed[3]
      set at "$at $typed[3]"
    end
  end
  test "$at" = "$argv[1]"
end
function __tetra_names
  set -l typed (commandline -opc)
  set -l given
  for i in (seq 2 (count $typed))
    contains -- $typed[$i] -c --config --env; and set -a given $typed[$i] $typed[(math $i + 1)]
  end
  $typed[1] completions --names $argv[1] $given 2>/dev/null
end
complete -c tetra-orchestrator -w tetra
${all.flatMap(linesOf).join("\n")}
`
