/** A comparison of two runs as one HTML file that needs nothing else, not even a script. Pure. */
import { count, dateTime } from "../output/plain/amounts.ts"
import { page, section, table } from "../page.ts"
import type { Comparison } from "./Comparison.ts"
import { annual, changeOf, drawdown, hasMoved, moved, placeText, rowsChange, sharpe, stageTook, took } from "./words.ts"

const differences = (of: Comparison["config"]): string =>
  of.length === 0
    ? "<p>The same.</p>"
    : table(
        ["Where", "What"],
        of.map(({ path, detail }) => ({ cells: [path, detail] }))
      )

/** The bytes depend on the arguments alone. */
export const comparisonPage = (comparison: Comparison, configuration: (hash: string) => string): string => {
  const { before, after, config, params, stages, strategies } = comparison
  const runs = [before, after].map((r) => ({
    cells: [r.id, r.status, dateTime(r.startedAt), took(r.durationMs), count(r.rows), r.mode ?? "-", configuration(r.config)]
  }))
  const stageRows = stages.map((s) => ({
    cells: [
      s.stage,
      stageTook(s.before),
      stageTook(s.after),
      changeOf(s.before?.durationMs, s.after?.durationMs),
      rowsChange(s.before?.rows, s.after?.rows)
    ],
    moved: s.before?.status !== s.after?.status
  }))
  const ranked = strategies.map((s) => ({
    cells: [
      s.title,
      placeText(s),
      moved((p) => p.verdict, s),
      moved((p) => p.parameters, s),
      ...[annual, sharpe, drawdown].map((of) => moved(of, s))
    ],
    moved: hasMoved(s)
  }))
  return page(`${before.id} and ${after.id}`, "Two runs compared", [
    section("Runs", table(["Run", "Status", "Started", "Took", "Rows", "Mode", "Configuration"], runs)),
    section("Configuration", differences(config)),
    section("What was asked for", differences(params)),
    section("Stages", table(["Stage", "Took before", "After", "Change", "Rows"], stageRows)),
    ranked.length === 0
      ? ""
      : section(
          "Ranking",
          table(["Strategy", "Place", "Verdict", "Parameters", "Annual return", "Sharpe", "Max drawdown"], ranked)
        )
  ])
}
