import { type CommandWords, type Flag, groupsIn, spellings, valuedFlags } from "./CommandWords.ts"

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
const entry = (word: string, help: string): string => quoted(`${word}:${help.replaceAll(":", String.raw`\:`)}`)

const setting = (entries: ReadonlyArray<string>, names: ReadonlyArray<string>): string =>
  [
    ...(entries.length > 0 ? [`candidates=(${entries.join(" ")})`] : []),
    ...(names.length > 0 ? [`names=(${names.join(" ")})`] : [])
  ].join("; ")

const valueCase =
  (path: string) =>
  (flag: Flag): string =>
    `    ${spellings(flag)
      .map((spelling) => quoted(`${path} ${spelling}`))
      .join("|")}) ${setting(flag.choices.map(quoted), flag.names)} ;;`

const argumentCase = ({ children, choices, names, path }: CommandWords): ReadonlyArray<string> => {
  const entries = [...children.map(({ name, summary }) => entry(name, summary)), ...choices.map(quoted)]
  return entries.length + names.length === 0 ? [] : [`      ${quoted(path)}) ${setting(entries, names)} ;;`]
}
const flagCase = ({ flags, path }: CommandWords): string =>
  `      ${quoted(path)}) candidates=(${flags.map(({ help, long }) => entry(long, help)).join(" ")}) ;;`

/** `path` is the search path in zsh: what was typed so far is called `at`. */
export const zsh = (all: ReadonlyArray<CommandWords>): string => `#compdef tetra tetra-orchestrator
_tetra() {
  local at="" kind line i
  local -a candidates names given
  if (( CURRENT > 2 )); then at="\${words[2]}"; fi
  case "$at" in
    ${groupsIn(all).join("|")}) if (( CURRENT > 3 )); then at="$at \${words[3]}"; fi ;;
  esac
  case "$at \${words[CURRENT-1]}" in
${all.flatMap((command) => valuedFlags(command).map(valueCase(command.path))).join("\n")}
  esac
  if (( \${#candidates} + \${#names} == 0 )); then
    case "\${words[CURRENT]}" in
    -*)
      case "$at" in
${all.map(flagCase).join("\n")}
      esac ;;
    *)
      case "$at" in
${all.flatMap(argumentCase).join("\n")}
      esac ;;
    esac
  fi
  for (( i = 2; i < CURRENT; i++ )); do
    case "\${words[i]}" in -c|--config|--env) given+=("\${words[i]}" "\${words[i+1]}") ;; esac
  done
  for kind in $names; do
    for line in \${(f)"$("\${words[1]}" completions --names $kind $given 2>/dev/null)"}; do
      candidates+=("\${\${line//:/\\\\:}/$'\\t'/:}")
    done
  done
  if (( \${#candidates} == 0 )); then _files; else _describe 'tetra' candidates; fi
}
compdef _tetra tetra tetra-orchestrator
`
