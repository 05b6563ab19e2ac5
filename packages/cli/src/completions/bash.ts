import { type CommandWords, type Flag, groupsIn, spellings, valuedFlags } from "./CommandWords.ts"

const setting = (words: ReadonlyArray<string>, names: ReadonlyArray<string>): string =>
  [...(words.length > 0 ? [`words="${words.join(" ")}"`] : []), ...(names.length > 0 ? [`names="${names.join(" ")}"`] : [])].join(
    "; "
  )

const valueCase =
  (path: string) =>
  (flag: Flag): string =>
    `    ${spellings(flag)
      .map((spelling) => `"${path} ${spelling}"`)
      .join("|")}) ${setting(flag.choices, flag.names)} ;;`

const argumentCase = ({ children, choices, names, path }: CommandWords): ReadonlyArray<string> => {
  const words = [...children.map(({ name }) => name), ...choices]
  return words.length + names.length === 0 ? [] : [`      "${path}") ${setting(words, names)} ;;`]
}
/** Words are in the script; only names of the project are asked for, with the configuration that stands on the line. */
export const bash = (all: ReadonlyArray<CommandWords>): string => `# tetra completion for bash
_tetra() {
  local cur prev at words names kind line i
  local -a given
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  if [ "$cur" = "=" ]; then cur=""
  elif [ "$prev" = "=" ]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  at=""
  if [ "$COMP_CWORD" -gt 1 ]; then at="\${COMP_WORDS[1]}"; fi
  case "$at" in
    ${groupsIn(all).join("|")}) if [ "$COMP_CWORD" -gt 2 ]; then at="$at \${COMP_WORDS[2]}"; fi ;;
  esac
  words=""
  names=""
  case "$at $prev" in
${all.flatMap((command) => valuedFlags(command).map(valueCase(command.path))).join("\n")}
  esac
  if [ -z "$words$names" ]; then
    case "$cur" in
    -*)
      case "$at" in
${all.map(({ flags, path }) => `      "${path}") words="${flags.map(({ long }) => long).join(" ")}" ;;`).join("\n")}
      esac ;;
    *)
      case "$at" in
${all.flatMap(argumentCase).join("\n")}
      esac ;;
    esac
  fi
  given=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in -c|--config|--env) given+=("\${COMP_WORDS[i]}" "\${COMP_WORDS[i+1]}") ;; esac
  done
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  # Names come from files that somebody else may have written: compgen would expand them, and so would the line.
  for kind in $names; do
    while IFS=$'\\t' read -r line _; do
      case "$line" in "") ;; "$cur"*) COMPREPLY+=("$(printf %q "$line")") ;; esac
    done <<< "$("\${COMP_WORDS[0]}" completions --names "$kind" "\${given[@]}" 2>/dev/null)"
  done
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -F _tetra tetra tetra-orchestrator
`
