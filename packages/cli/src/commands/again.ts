/** The command that would make a run again. */
import type { RunRow } from "@tetra/core/engine"

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
/** `tetra run --mode weekly`, or the pipelines when it had no mode; what the command line recorded is taken as it was typed. */
export const commandOf = (row: Pick<RunRow, "mode" | "pipelines" | "trigger">): string => {
  if ((row.trigger.kind === "cli" || row.trigger.kind === "backfill") && row.trigger.detail.startsWith("tetra "))
    return row.trigger.detail
  return row.mode === undefined
    ? `tetra run ${row.pipelines.map((name) => `--pipeline ${name}`).join(" ")}`
    : `tetra run --mode ${row.mode}`
}
/** What was typed, as one line that a shell takes again; how the run was shown is no part of it. */
export const typed = (words: ReadonlyArray<string>): string =>
  ["tetra", ...words.filter((word, i) => !/^--output(=|$)/u.test(word) && words[i - 1] !== "--output").map(quoted)].join(" ")
