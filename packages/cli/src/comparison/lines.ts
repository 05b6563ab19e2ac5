/** A comparison of two runs for a terminal. Pure. */
import { count, dateTime } from "../output/plain/amounts.ts"
import { badge, type Look, paint } from "../output/plain/look.ts"
import { oneLine } from "../output/plain/text.ts"
import { tableLines } from "../output/table.ts"
import type { Status } from "../domain.ts"
import type { Comparison } from "./Comparison.ts"
import { annual, changeOf, drawdown, hasMoved, moved, placeText, rowsChange, sharpe, stageTook, took } from "./words.ts"

const mostStrategies = 25

const runLines = ({ before, after }: Comparison, look: Look, configuration: (hash: string) => string): ReadonlyArray<string> =>
  tableLines(
    [before, after],
    [
      { title: "run", of: (r) => r.id },
      { title: "status", of: (r) => badge(look, r.status as Status) },
      { title: "started", of: (r) => dateTime(r.startedAt) },
      { title: "took", of: (r) => took(r.durationMs), right: true },
      { title: "rows", of: (r) => count(r.rows), right: true },
      { title: "mode", of: (r) => r.mode ?? "-" },
      { title: "configuration", of: (r) => configuration(r.config), gives: true }
    ],
    look
  )

const differenceLines = (title: string, none: string, of: Comparison["config"], look: Look): ReadonlyArray<string> =>
  of.length === 0
    ? [`${paint(look, "dim", title)}  ${none}`]
    : [paint(look, "dim", title), ...of.map(({ path, detail }) => `  ${oneLine(path)}  ${detail}`)]

const stageLines = ({ stages }: Comparison, look: Look): ReadonlyArray<string> =>
  tableLines(
    stages,
    [
      { title: "stage", of: ({ stage }) => stage, gives: true },
      { title: "took before", of: ({ before }) => stageTook(before), right: true },
      { title: "after", of: ({ after }) => stageTook(after), right: true },
      { title: "change", of: ({ before, after }) => changeOf(before?.durationMs, after?.durationMs), right: true },
      { title: "rows", of: ({ before, after }) => rowsChange(before?.rows, after?.rows), right: true }
    ],
    look
  )

const strategyLines = ({ strategies }: Comparison, look: Look): ReadonlyArray<string> => {
  if (strategies.length === 0) return []
  const changed = strategies.filter(hasMoved)
  if (changed.length === 0) return ["", `${paint(look, "dim", "ranking")}  all ${strategies.length} strategies as before`]
  const shown = changed.slice(0, mostStrategies)
  return [
    "",
    ...tableLines(
      shown,
      [
        { title: "place", of: placeText },
        { title: "strategy", of: ({ title }) => oneLine(title), gives: true },
        { title: "verdict", of: (s) => moved((p) => p.verdict, s) },
        { title: "a year", of: (s) => moved(annual, s), right: true },
        { title: "Sharpe", of: (s) => moved(sharpe, s), right: true },
        { title: "drawdown", of: (s) => moved(drawdown, s), right: true }
      ],
      look
    ),
    ...(shown.length < changed.length ? [`and ${changed.length - shown.length} more: --json or --open has them all`] : []),
    ...(changed.length < strategies.length ? [`${strategies.length - changed.length} strategies are as before`] : [])
  ]
}

/** `configuration` says how people call a configuration. */
export const comparisonLines = (
  comparison: Comparison,
  look: Look,
  configuration: (hash: string) => string
): ReadonlyArray<string> => [
  ...runLines(comparison, look, configuration),
  "",
  ...differenceLines("configuration", "the same", comparison.config, look),
  ...differenceLines("asked for", "the same", comparison.params, look),
  ...(comparison.stages.length === 0 ? [] : ["", ...stageLines(comparison, look)]),
  ...strategyLines(comparison, look)
]
