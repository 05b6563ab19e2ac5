/** Commands that run something, and act on what runs. */
import { assignment, choice, type Described, isoDate, json, option, repeated, whole, windowSize, words } from "./words.ts"
import { runOptions } from "./runOptions.ts"

export const running = (): Readonly<Record<string, Described>> => ({
  init: {
    summary: "make a new project that runs at once",
    arguments: [["[dir]", "folder of the project (default: this one)"]],
    options: [option("--force", "overwrite files that are in the way")],
    examples: ["tetra init my-project", "cd my-project && tetra run --mode daily"]
  },
  run: {
    summary: "run pipelines",
    options: runOptions(),
    examples: [
      "tetra run --mode weekly",
      "tetra run --pipeline data_pipeline --days 30",
      "tetra run --pipeline scenarios_pipeline --type all",
      "tetra run --mode full --dry-run",
      "tetra run --resume latest",
      "tetra run --mode daily --attach",
      "tetra run --affected origin/main --junit tetra.xml",
      "tetra run --mode daily --output json | jq ._tag"
    ]
  },
  backfill: {
    summary: "run a range of dates in windows; what is there already is not done again",
    options: [
      option("--start-date <date>", "first day (2026-01-31)", isoDate),
      option("--end-date <date>", "last day", isoDate),
      option("-p, --pipeline <name>", "of this pipeline; may be repeated (default: those of the mode backfill)", repeated),
      option("--window <size>", "day, week, month, or a number of days", windowSize).default("month"),
      option("--only <states>", "windows in these states: missing, failed, partial, done", words),
      option("--force", "compute every window again, also those that are done"),
      option("--max-active <n>", "windows that run side by side, where the pipelines allow it (default: 1)", whole(1, 64)),
      option("--param <name=value>", "set a parameter; may be repeated", assignment),
      option("--seed <n>", "seed of everything random", whole(0)),
      option("--dry-run", "show what is there for each window, run nothing"),
      option("--yes", "do not ask before it starts"),
      option("--standalone", "in this process, even when a server owns the store"),
      choice("--output <how>", "how to follow the runs", ["auto", "plain", "json"], "auto")
    ],
    examples: [
      "tetra backfill --start-date 2024-01-01 --end-date 2024-12-31 --dry-run",
      "tetra backfill --start-date 2024-01-01 --end-date 2024-12-31 --pipeline data_pipeline --window week",
      "tetra backfill --start-date 2024-01-01 --end-date 2024-12-31 --only failed"
    ]
  },
  "can-run": {
    summary: "whether `tetra run` would start now: is what it needs from other pipelines there and fresh",
    arguments: [["[pipeline...]", "of these pipelines, as with --pipeline"]],
    options: [
      option("-m, --mode <name>", "of this mode"),
      option("-p, --pipeline <name>", "of this pipeline; may be repeated", repeated),
      json()
    ],
    examples: ["tetra can-run metrics_pipeline", "tetra can-run --mode weekly && tetra run --mode weekly"]
  },
  cancel: {
    summary: "stop a run, wherever it runs; what is finished is kept",
    arguments: [["<run>", "id, its beginning, or latest"]],
    options: [option("--reason <text>", "recorded with the run"), option("--wait", "until the run has ended")],
    examples: ["tetra cancel latest", "tetra cancel 20260131T1215 --reason 'wrong day' --wait"]
  },
  pause: {
    summary: "let a run start no further work; what runs comes to its end",
    arguments: [["<run>", "id, its beginning, or latest"]],
    options: [option("--reason <text>", "recorded with the run")],
    examples: ["tetra pause latest --reason 'the source is down'"]
  },
  resume: {
    summary: "let a paused run go on",
    arguments: [["<run>", "id, its beginning, or latest"]],
    options: [option("--reason <text>", "recorded with the run")],
    examples: ["tetra resume latest"]
  },
  retry: {
    summary: "do again what a run did not complete, or one stage and all that depends on it",
    arguments: [["<run>", "id, its beginning, or latest"]],
    options: [
      option("--stage <name>", "compute this stage anew: pipeline.stage, or the stage alone; may be repeated", repeated),
      option("--param <name=value>", "a secret of the run, which was not kept; may be repeated", assignment),
      choice(
        "--if-running <what>",
        "while another run has a pipeline: skip (exit 4), queue (wait for it) or replace (cancel it)",
        ["skip", "queue", "replace"]
      ),
      choice("--output <how>", "how to follow the run", ["auto", "tui", "plain", "json"], "auto")
    ],
    examples: ["tetra retry latest", "tetra retry latest --stage metrics_pipeline.indicators"]
  }
})
