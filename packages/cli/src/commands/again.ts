/** The command that would make a run again. */
import type { RunRow } from "@tetra/core/engine"
import { displayFlags, valuedFlags } from "../program.ts"

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
/** `tetra run --mode weekly`, or the pipelines when it had no mode; what the command line recorded is taken as it was typed. */
export const commandOf = (row: Pick<RunRow, "mode" | "pipelines" | "trigger">): string => {
  if ((row.trigger.kind === "cli" || row.trigger.kind === "backfill") && row.trigger.detail.startsWith("tetra "))
    return row.trigger.detail
  return row.mode === undefined
    ? `tetra run ${row.pipelines.map((name) => `--pipeline ${name}`).join(" ")}`
    : `tetra run --mode ${row.mode}`
}
const isShownBy = (word: string, names: ReadonlyArray<string>): boolean =>
  names.some((name) => word === `--${name}` || word.startsWith(`--${name}=`))
/** What was typed, as one line that a shell takes again; how the run was shown is no part of it. */
export const typed = (words: ReadonlyArray<string>): string => {
  const kept = words.filter((word, i) => {
    const before = words[i - 1] ?? ""
    const isValue = ["output", ...valuedFlags].some((name) => before === `--${name}`)
    const isWhen = before === "--exit-on-finish" && (word === "any" || word === "ok")
    return !isShownBy(word, ["output", ...displayFlags]) && !isValue && !isWhen
  })
  return ["tetra", ...kept.map(quoted)].join(" ")
}
