/** Writes `docs/a-day-of-operation.md` anew from a simulated day, and fails when it is another one (`-u` takes it). */
import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { describe, expect, it } from "vitest"
import { clockText, playDay } from "./support/aDay.ts"

const root = join(import.meta.dirname, "..", "..")
const testFiles = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "dist") return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? testFiles(path) : path.endsWith(".test.ts") ? [path] : []
  })
/** Failure tests by their names, and where each is. */
const failureTests = [
  "tick-once-across-kill",
  "restart-at-59.5",
  "two-daemons-one-store",
  "laptop-sleep-weekend",
  "clock-back-one-hour",
  "clock-in-2031",
  "dst-table",
  "half-day-close",
  "late-upstream-chain",
  "overlap-matrix",
  "edit-cron-no-ghosts",
  "pause-resume-silent",
  "webhook-replay",
  "file-still-growing",
  "smtp-down-then-up",
  "slack-429",
  "resolve-never-before-trigger",
  "unknown-is-not-ok",
  "alert-storm",
  "ssrf-table",
  "export-parse-back",
  "backtest-equals-history"
] as const
const placesOf = (): ReadonlyArray<readonly [string, string]> => {
  const files = [...testFiles(join(root, "packages")), ...testFiles(join(root, "test"))].filter(
    (path) => !path.endsWith("day.test.ts")
  )
  const texts = files.map((path) => [relative(root, path), readFileSync(path, "utf8")] as const)
  return failureTests.map((name) => [
    name,
    texts
      .flatMap(([path, text]) => (text.includes(name) ? [`\`${path}\``] : []))
      .toSorted()
      .join(", ")
  ])
}
const cell = (text: string): string => text.replaceAll("|", "\\|")
const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n")

describe("a day of operation", () => {
  it("is shown as it was simulated: what was due, what ran, what was told to whom, and how it stood in the end", async () => {
    const { health, metrics, received, rows } = await playDay()
    const titleOf = (text: string): string =>
      /"text": "(.*)"|^Subject: (.*)|"summary": "(.*)"/mu.exec(text)?.slice(1).find(Boolean) ?? ""
    const told = received.map(({ at, channel, text }) => ({
      at,
      text: `${channel} gets: ${titleOf(text) || "an event of the incident"}`
    }))
    const all = [...rows, ...told].toSorted((a, b) => a.at - b.at)
    const places = placesOf()
    expect(places.filter(([, where]) => where === "")).toEqual([])
    const shown = metrics
      .split("\n")
      .filter((line) => /^tetra_(?:runs_total|run_duration_seconds_(?:sum|count)|records)/u.test(line))
    const { pipelines, reasons, status } = health
    const page = [
      "# A day of operation",
      "",
      "Sunday, 22 November 2026, in New York: the usual chain of four pipelines with its schedules and alert rules. The source of the data is",
      "down at seven in the evening, somebody looks after it, the daemon is killed once, and the machine sleeps for a while. Schedules,",
      "alerts and deliveries are those of the daemon, against a mail server and HTTP servers on loopback; only runs and the clock are played.",
      "The page is written by the test that plays the day (`vitest run --config vitest.slow.config.ts --project docs test/docs/day.test.ts`,",
      "with `-u` to write it anew), which fails when the day is another one.",
      "",
      table(
        ["time", "what happens"],
        all.map(({ at, text }) => [clockText(at), text])
      ),
      "",
      "## Messages as they arrived",
      "",
      "The first message to Slack was answered with 503, and sent again.",
      "",
      ...received.flatMap(({ at, channel, text }) => [`${clockText(at)}, ${channel}:`, "", "```text", text, "```", ""]),
      "## Health in the end",
      "",
      "Of the document that `/health` answers, `status`, `reasons` and one of the pipelines:",
      "",
      "```json",
      JSON.stringify({ status, reasons, pipelines: { data_pipeline: pipelines["data_pipeline"] } }, null, 2),
      "```",
      "",
      "## Metrics in the end",
      "",
      "Of `/metrics`, what was counted of runs:",
      "",
      "```text",
      ...shown,
      "```",
      "",
      "## Failure tests",
      "",
      table(["test", "where it is"], places),
      ""
    ].join("\n")
    await expect(page).toMatchFileSnapshot(join(root, "docs", "a-day-of-operation.md"))
  })
})
