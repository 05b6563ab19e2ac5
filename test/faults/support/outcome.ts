import type { Finished } from "../../e2e/support/project.ts"

/** What a fault came to, as a row of the table. */
export interface Outcome {
  readonly fault: string
  readonly where: string
  /** How the run ended, in the words of the product, without names and times that differ from run to run. */
  readonly seen: string
  readonly exit: string
  /** What the same command did afterwards, without the fault. */
  readonly next: string
}
/** The text without what differs from run to run: ids, folders, times, and the marks of a terminal. */
const settled = (text: string, dir: string): string =>
  text
    .replaceAll(dir, "PROJECT")
    .replaceAll(/\d{8}T\d{9}-[0-9a-f]{6}/gu, "RUN")
    .replaceAll(/[0-9a-f]{64}/gu, "HASH")
    .replaceAll(/[0-9a-f]{12,40}/gu, "VERSION")
    .replaceAll(/ in [\d.]+ m?s\b/gu, "")
    // The line of the plugin that injects.
    .replaceAll(/ \([\w./-]+\.ts:\d+:\d+\)/gu, "")
    .replaceAll(/pid \d+/gu, "pid N")
    .replaceAll(/\s+/gu, " ")
    .trim()

const longest = 240
const cut = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest)} ...`)
/** A cell of a Markdown table. */
const cell = (text: string): string => cut(text).replaceAll("|", "\\|").replaceAll("<", "&lt;")

/** The closing line of the run, what follows it, and the first that is said of a stage that is not whole. */
export const seenOf = ({ code, signal, stderr, stdout }: Finished, dir: string): string => {
  const lines = stdout.split("\n")
  const title = lines.findIndex((line) => /^\S run \S+ /u.test(line))
  // Told in the summary, or, when the stages did not end in time, in one line.
  if (code === 130 && /was finished is kept|was committed is kept/u.test(stdout + stderr))
    return "cancelled: what was finished is kept"
  if (title === -1) {
    const told = stderr.split("\n").filter((line) => line.startsWith("tetra: ") || line.startsWith("✖ "))
    if (told.length > 0) return cell(settled(told.join(" "), dir))
    return code === null ? `killed by ${signal ?? "?"}` : "nothing"
  }
  const first = lines.findIndex((line, i) => i >= title && /^ {2}[✖◐] /u.test(line))
  const after = lines.findIndex((line, i) => i > first && !line.startsWith("    "))
  const listed = first === -1 ? undefined : lines.slice(first, after).join(" ").slice(4)
  const reason = (lines[title + 1] === "" ? listed : lines[title + 1])?.trim() ?? ""
  const head = (lines[title] ?? "").replace("run ", "").replace(/^\S+ \S+ /u, "")
  return cell(settled([head, reason].filter((part) => part !== "").join(": "), dir))
}
const words = ["computed", "reused", "failed", "skipped"]
/** `4 computed, 12 reused`: stages, over all pipelines of the summary. */
const countsOf = (stdout: string): string => {
  const summary = stdout.split("\n  pipeline ")[1] ?? ""
  const sum = (word: string) => [...summary.matchAll(new RegExp(`(\\d+) ${word}`, "gu"))].reduce((n, [, m]) => n + Number(m), 0)
  return words.flatMap((word) => (sum(word) > 0 ? [`${sum(word)} ${word}`] : [])).join(", ")
}
/**
 * `0: goes on, completed; stages: 4 computed, 12 reused`. `isRace`: how far the stages beside the faulty one had come is
 * the machine's speed, so it is told without counts.
 */
export const nextOf = (next: Finished, dir: string, isRace: boolean): string => {
  const goesOn = / resumed /u.test(next.stdout + next.stderr) ? "goes on, " : ""
  const counted = countsOf(next.stdout)
  const counts = isRace && /\d+ reused/u.test(counted) ? "what had ended is reused" : counted
  return `${next.code}: ${goesOn}${seenOf(next, dir)}${counts === "" ? "" : `; stages: ${counts}`}`
}
const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

/** The page of the documentation. */
export const pageOf = (outcomes: ReadonlyArray<Outcome>): string =>
  [
    "# What happens when something breaks",
    "",
    "Each row is a real run of the command line on the four trading pipelines, with one fault injected, and then the same",
    "command again without the fault. The table is written by the check that runs them (`vitest run --config",
    "vitest.slow.config.ts --project faults`, with `-u` to write it anew), which fails when an outcome is another one.",
    "Ids, folders, versions and times stand as RUN, PROJECT, VERSION or not at all. The exit codes are those of",
    "[the command line](command-line.md).",
    "",
    row(["fault", "where", "what the user sees", "exit code", "the same command afterwards"]),
    row(["---", "---", "---", "---", "---"]),
    ...outcomes.map(({ exit, fault, next, seen, where }) => row([fault, where, seen, exit, next])),
    ""
  ].join("\n")
