/** Commands that need no project, or look after the installation. */
import { assignment, choice, type Described, json, option, whole } from "./words.ts"

export const helping = (): Readonly<Record<string, Described>> => ({
  analyze: {
    summary: "analyse one file: quality, statistics, findings, a dashboard; no project needed",
    arguments: [["<file>", "CSV, TSV, JSON, NDJSON or Parquet"]],
    options: [
      option("--target <column>", "the column to predict"),
      option("--time <column>", "the column that holds the time"),
      option("--param <name=value>", "set a parameter of the analytics pipeline; may be repeated", assignment),
      option("--force", "compute everything again"),
      option("--seed <n>", "seed of everything random", whole(0)),
      option("--open", "open the dashboard when it is ready"),
      choice("--output <how>", "how to follow the run", ["auto", "tui", "plain", "json"], "auto")
    ],
    examples: ["tetra analyze sales.csv", "tetra analyze sales.csv --target revenue --time date --param dashboard_theme=dark"]
  },
  completions: {
    summary: "completion script for a shell: commands, flags, and the names of pipelines, modes, runs and assets",
    arguments: [["[shell]", "bash, zsh or fish"]],
    options: [
      choice("--names <kind>", "print the names that such a script offers, one in a line", ["asset", "mode", "pipeline", "run"])
    ],
    examples: [
      "source <(tetra completions bash)",
      "tetra completions zsh > ~/.zfunc/_tetra",
      "tetra completions fish > ~/.config/fish/completions/tetra.fish"
    ]
  },
  doctor: {
    summary: "check the machine, the store, plugins, clock and permissions",
    options: [json()],
    examples: ["tetra doctor"]
  }
})
