/** The command line as data: names, options, examples. Imports no handler, so that `--help` is quick. */
import { Command, InvalidArgumentError, Option } from "commander"
import type { Opening } from "./dashboard/Opening.ts"

/** What a handler gets: the options by camel-case name, the arguments, and what the command did not know (`run` passes it on). */
export interface Call {
  readonly options: Readonly<Record<string, unknown>>
  readonly args: ReadonlyArray<string>
  /** The dashboard's screen is open already. */
  readonly opening?: Opening
}
export type Perform = (command: string, call: Call) => Promise<void>

const repeated = (value: string, before: ReadonlyArray<string> | undefined): ReadonlyArray<string> => [...(before ?? []), value]
const whole =
  (least: number, most = Infinity) =>
  (value: string): number => {
    const n = Number(value)
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`
    if (!Number.isInteger(n) || n < least || n > most) throw new InvalidArgumentError(`a whole number ${range} is needed`)
    return n
  }
const atLeastZero = (value: string): number => {
  const n = Number(value)
  if (value.trim() === "" || !Number.isFinite(n) || n < 0) throw new InvalidArgumentError("a number of at least 0 is needed")
  return n
}
const isoDate = (value: string): string => {
  const [year = 0, month = 0, day = 0] = value.split("-").map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(value) || date.toISOString().slice(0, 10) !== value) {
    throw new InvalidArgumentError("a date like 2026-01-31 is needed")
  }
  return value
}
const windowSize = (value: string): string => {
  if (!/^(?:day|week|month|[1-9]\d{0,3})$/u.test(value))
    throw new InvalidArgumentError("day, week, month or a number of days is needed")
  return value
}
/** `missing,failed`; may be repeated. */
const words = (value: string, before: ReadonlyArray<string> | undefined): ReadonlyArray<string> => [
  ...(before ?? []),
  ...value.split(",").map((word) => word.trim())
]
const assignment = (value: string, before: ReadonlyArray<string> | undefined): ReadonlyArray<string> => {
  if (!/^[^=\s]+=/u.test(value)) throw new InvalidArgumentError("write it as name=value")
  return repeated(value, before)
}
/** For commands that change at once, where an environment wants to be asked. */
const confirmed = () => option("--yes", "without a terminal: go on in an environment that asks for its name first")
const json = () => new Option("--json", "print JSON instead of text")
const examples = (...lines: ReadonlyArray<string>): string => `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`

interface Described {
  readonly summary: string
  readonly examples: ReadonlyArray<string>
  readonly options?: ReadonlyArray<Option>
  readonly arguments?: ReadonlyArray<readonly [string, string]>
}
const option = (flags: string, help: string, parse?: (value: string, before: never) => unknown): Option => {
  const made = new Option(flags, help)
  return parse === undefined ? made : made.argParser(parse as (value: string, before: unknown) => unknown)
}
const choice = (flags: string, help: string, choices: ReadonlyArray<string>, fallback?: string): Option => {
  const made = new Option(flags, help).choices([...choices])
  return fallback === undefined ? made : made.default(fallback)
}

const themeNames = ["default", "high-contrast", "deuteranopia", "tritanopia", "monochrome"]
/** How a run is shown on a terminal. */
const displayOptions = (): ReadonlyArray<Option> => [
  choice("--theme <name>", "colours", themeNames),
  choice("--color <when>", "beats the configuration, NO_COLOR and FORCE_COLOR", ["auto", "always", "never"]),
  option("--ascii", "signs and lines from ASCII alone"),
  option("--mouse", "wheel and clicks on the dashboard; shift-drag still selects text"),
  option("--reduced-motion", "nothing spins"),
  option("--slow-link", "half as many frames, for a terminal behind a slow line"),
  option("--screen-reader", "sentences line by line instead of a screen; s tells how far it is"),
  option("--read-only", "the dashboard only looks: nothing can be started or stopped from it"),
  option("--keep-screen", "print the last picture when the dashboard closes"),
  new Option("--exit-on-finish [when]", "leave the dashboard when the run is over; ok: only when it is completed").choices([
    "any",
    "ok"
  ]),
  option("--why-mode", "say why the run is shown as a dashboard, as lines or as JSON")
]
/** Names of the flags above: they say how a run is shown, and are no part of what it is. */
export const displayFlags: ReadonlyArray<string> = displayOptions().map((one) => one.name())
/** Of the display flags, those that are followed by a word. */
export const valuedFlags: ReadonlyArray<string> = displayOptions().flatMap((one) => (one.required ? [one.name()] : []))

const runOptions = (): ReadonlyArray<Option> => [
  option("-m, --mode <name>", "a named set of pipelines and parameters: daily, weekly, full, backfill, or your own"),
  option("-p, --pipeline <name>", "run this pipeline; may be repeated", repeated),
  option("--dry-run", "print the plan with reasons and estimates, run nothing"),
  option("--force", "compute everything again: ignore dependencies, freshness and cache"),
  option("--param <name=value>", "set a parameter; `pipeline.name=value` addresses one pipeline; may be repeated", assignment),
  option("--start-date <date>", "first day of the data (2026-01-31)", isoDate),
  option("--end-date <date>", "last day of the data", isoDate),
  option("--days <n>", "the last n days instead of dates", whole(1)),
  option("--seed <n>", "seed of everything random", whole(0)),
  option("--priority <n>", "start before (10) or after (-10) other runs that wait for resources; -100 to 100", whole(-100, 100)),
  option("--resume <run>", "continue a failed or killed run from its checkpoints (id, its beginning, or latest)"),
  choice("--if-running <what>", "while another run has a pipeline: skip (exit 4), queue (wait for it) or replace (cancel it)", [
    "skip",
    "queue",
    "replace"
  ]),
  option("--command-id <id>", "the same id gives the same run, however often it is asked for: who comes second follows it"),
  choice("--output <how>", "how to follow the run", ["auto", "tui", "plain", "json"], "auto"),
  option("--schedule <id>", "run what is due of this schedule, else nothing: for other schedulers; may be repeated", repeated),
  option("--scheduled-by <driver>", "with --schedule: who calls (launchd, systemd, cron, kubernetes, airflow, prefect)"),
  option("--take-over", "with --schedule: from now on the caller fires it"),
  option("--trigger-key <key>", "with --schedule: the same key gives the same answer, however often it is asked"),
  option("--partial-ok", "end with 0 instead of 3 when something was left out"),
  option("--attach [url]", "let the server of this project run it, or the one at this address, and follow it from here"),
  ...displayOptions()
]

const commands = (): Readonly<Record<string, Described>> => ({
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
  },
  start: {
    summary: "a server in the background: it runs what is asked for over its socket, dashboards attach to it",
    options: [
      option("--foreground", "stay in this terminal, for service managers"),
      option("--http <address>", "listen there, too: a port of this machine, or an address with its port"),
      option("--timeout <seconds>", "how long running work may go on when it is stopped", whole(0)).default(25)
    ],
    examples: ["tetra start", "tetra start --foreground --http 4700"]
  },
  stop: {
    summary: "stop the server; what runs may finish, the rest goes on at the next start",
    options: [
      option("--now", "without waiting for what runs"),
      option(
        "--timeout <seconds>",
        "how long running work may go on; as the server was started with when it is left away",
        whole(0)
      )
    ],
    examples: ["tetra stop", "tetra stop --now", "tetra stop --timeout 3600"]
  },
  ui: {
    summary: "the dashboard: on the server when there is one, else on recorded runs",
    options: [
      option("--attach <url>", "on the server at this address (http://127.0.0.1:4700), with the token in TETRA_API_TOKEN"),
      option("--standalone", "on recorded runs, even when a server is there"),
      option("--replay <run>", "show this recorded run: id, its beginning, or latest"),
      option("-m, --mode <name>", "what `r` runs; the mode of the shown run when it is left away"),
      ...displayOptions()
    ],
    examples: ["tetra ui", "tetra ui --replay latest", "tetra ui --attach http://127.0.0.1:4700"]
  },
  status: {
    summary: "what every pipeline did last, and what is running",
    options: [json()],
    examples: ["tetra status", "tetra status --json"]
  },
  health: {
    summary: "are pipelines and system well? The exit code says it: 0 healthy, 3 degraded, 1 unhealthy, 4 unknown",
    options: [json(), option("--watch", "look again every five seconds, until Ctrl-C")],
    examples: ["tetra health", "tetra health --json | jq .reasons", "tetra health --quiet || echo look at it"]
  },
  graph: {
    summary: "the dependency graph: pipelines, stages and assets",
    options: [choice("--format <format>", "how to draw it", ["tree", "mermaid", "dot", "json"], "tree")],
    examples: ["tetra graph", "tetra graph --format dot | dot -Tsvg > graph.svg"]
  },
  schedule: {
    summary: "schedules and their next times; simulate a year; pause, resume or trigger one",
    arguments: [
      ["[action]", "simulate, pause, resume or trigger; without it the next times are listed"],
      ["[what]", "simulate: the year; else the schedule, or its pipeline"]
    ],
    options: [
      option("--next <n>", "how many times to list per pipeline", whole(1)).default(3),
      choice("--format <format>", "of simulate", ["table", "json", "csv"]),
      option("--durations", "with simulate: play the year with the time that runs take, and tell what waits and starts late"),
      option("--reason <text>", "recorded with a pause or a run by hand"),
      option("--accept-clock", "with resume: schedules are held because of the clock, and it is right now"),
      json()
    ],
    examples: ["tetra schedule", "tetra schedule simulate 2027 --format csv", "tetra schedule pause data_pipeline"]
  },
  alerts: {
    summary: "open alerts and rules; take one in hand, silence some, try a channel or the rules",
    arguments: [
      ["[action]", "list, show, ack, silence, unsilence, test or backtest; without it the open alerts are listed"],
      ["[what...]", "show, ack: the alert; silence: label=value ...; unsilence: the silence; test: the channel"]
    ],
    options: [
      option("--for <duration>", "with ack: in hand for so long (24h); with silence: silent for so long (2h)"),
      option("--reason <text>", "recorded with an acknowledgement or a silence"),
      option("--dry-run", "with test: show the message, send nothing"),
      option("--since <duration>", "with backtest: so far back (90d)"),
      option("--rules <file>", "with backtest: other rules, as under alerting"),
      json()
    ],
    examples: [
      "tetra alerts",
      "tetra alerts ack 4f1d2c",
      "tetra alerts silence pipeline=data_pipeline --for 2h --reason 'moving the database'",
      "tetra alerts test slack --dry-run",
      "tetra alerts backtest --since 30d"
    ]
  },
  deploy: {
    summary: "hand schedules, or the daemon, over to what starts programs on a machine or in a cluster",
    arguments: [["<target>", "launchd, systemd, cron, kubernetes, docker, airflow or prefect"]],
    options: [
      option("--out <dir>", "write the files there (default: deploy/TARGET in the project)"),
      choice("--style <style>", "who fires: the target (schedules, or cronjob), or a daemon that the target keeps alive", [
        "schedules",
        "cronjob",
        "daemon"
      ]),
      option("--zone <zone>", "zone of the machine that fires (default: of this one)"),
      option(
        "--install",
        "let the target fire the schedules from now on; launchd, systemd and cron are installed on this machine"
      ),
      option("--list", "what is installed for this project"),
      option("--remove", "take away what is installed for this project, and let the daemon fire its schedules again"),
      option("--check", "read the files that are there, and compare their times with the schedules"),
      option("--dry-run", "print files and commands, change nothing"),
      json()
    ],
    examples: [
      "tetra deploy systemd --dry-run",
      "tetra deploy systemd --install",
      "tetra deploy kubernetes --style cronjob --out k8s",
      "tetra deploy airflow --out ~/airflow/dags",
      "tetra deploy launchd --remove"
    ]
  },
  logs: {
    summary: "log lines of runs",
    options: [
      option("-p, --pipeline <name>", "only of this pipeline"),
      option("--run <run>", "of this run: id, its beginning, or latest").default("latest"),
      option("--stage <name>", "only of this stage: pipeline.stage, or the stage alone"),
      choice("--level <level>", "this level and above", ["debug", "info", "warn", "error"], "info"),
      option("--tail <n>", "only the last n lines", whole(0)),
      option("--follow", "go on as lines arrive"),
      option("--audit", "instead of a run: who changed what, newest last; --tail and --json go with it"),
      option(
        "--grep <text>",
        "only lines with this text (any case) or /expression/; also level:, stage:, since:, until:, attempt:"
      ),
      json()
    ],
    examples: [
      "tetra logs --level warn",
      "tetra logs --pipeline data_pipeline --tail 50 --follow",
      'tetra logs --grep "attempt:2 since:10:30 /time.?out/"'
    ]
  },
  history: {
    summary: "past runs, newest first",
    options: [
      option("-p, --pipeline <name>", "only runs of this pipeline"),
      choice("--status <status>", "only runs that ended so", [
        "running",
        "interrupted",
        "completed",
        "partial",
        "failed",
        "cancelled",
        "skipped"
      ]),
      option("--limit <n>", "how many", whole(1)).default(20),
      json()
    ],
    examples: ["tetra history", "tetra history --pipeline metrics_pipeline --status failed"]
  },
  show: {
    summary: "one run: plan, stages, reasons, outputs",
    arguments: [["[run]", "id, its beginning, or latest (default)"]],
    options: [json()],
    examples: ["tetra show latest", "tetra show 01jd7x --verbose"]
  },
  why: {
    summary: "why it ran, was reused, was skipped, waited, failed or fired: the recorded reasons as a tree",
    arguments: [
      [
        "<name>",
        "a run, a stage (pipeline.stage, or the stage alone), a pipeline, an asset or an alert; latest for the newest run"
      ]
    ],
    options: [option("--run <run>", "look at this run: id, its beginning, or latest (default: the newest that has it)"), json()],
    examples: ["tetra why latest", "tetra why data_pipeline.load", "tetra why market_data", "tetra why load --run 01jd7x"]
  },
  compare: {
    summary: "what two runs differ in: time, rows, configuration, and how the ranking moved",
    arguments: [
      ["<before>", "a run: id, its beginning, or latest"],
      ["<after>", "the same"]
    ],
    options: [option("--open", "write it as a page among the reports of the later run, and open that"), json()],
    examples: ["tetra compare 20260131T1215 latest", "tetra compare 20260131T1215 latest --open"]
  },
  trends: {
    summary: "how runs go over time: durations, failures and rows of each pipeline, and what the best strategy came to",
    options: [
      option("-p, --pipeline <name>", "only this pipeline"),
      option("--limit <n>", "newest runs of each pipeline that are looked at", whole(2, 1000)).default(30),
      json()
    ],
    examples: ["tetra trends", "tetra trends --pipeline metrics_pipeline --limit 100"]
  },
  report: {
    summary: "find the reports of a run, or of the run that made an asset",
    arguments: [
      ["[run|asset]", "a run: id, its beginning, or latest (default); or an asset: the run that made its newest version"]
    ],
    options: [option("--open", "open the first page in the browser"), json()],
    examples: ["tetra report", "tetra report latest --open", "tetra report strategy_rankings"]
  },
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
    summary: "completion script for a shell",
    arguments: [["<shell>", "bash, zsh or fish"]],
    examples: ["source <(tetra completions bash)", "tetra completions fish > ~/.config/fish/completions/tetra.fish"]
  },
  doctor: {
    summary: "check the machine, the store, plugins, clock and permissions",
    options: [json()],
    examples: ["tetra doctor"]
  }
})
const assetCommands = (): Readonly<Record<string, Described>> => ({
  list: { summary: "every asset: newest version, rows, age, producer", options: [json()], examples: ["tetra assets list"] },
  show: {
    summary: "versions of one asset, its inputs and coverage",
    arguments: [["<name>", "asset"]],
    options: [option("--limit <n>", "how many versions", whole(1)).default(10), json()],
    examples: ["tetra assets show market_data"]
  },
  diff: {
    summary: "what two versions of an asset differ in: columns, rows, keys, and how far numbers are apart",
    arguments: [
      ["<name>", "asset"],
      ["<before>", "a version or its beginning"],
      ["[after]", "the same (default: the newest)"]
    ],
    options: [
      option("--tolerance <n>", "numbers this far apart, or this far as a ratio, are the same (default: 1e-9)", atLeastZero),
      json()
    ],
    examples: ["tetra assets diff market_data 3f9a1c", "tetra assets diff strategy_rankings 3f9a1c 77d0e2 --tolerance 1e-6"]
  },
  path: {
    summary: "the folder that holds the files of an asset",
    arguments: [["<name>", "asset"]],
    options: [option("--version <version>", "a version or its beginning (default: the newest)")],
    examples: ["tetra assets path market_data"]
  },
  export: {
    summary: "write the data itself",
    arguments: [["<name>", "asset"]],
    options: [
      option("--version <version>", "a version or its beginning (default: the newest)"),
      choice("--format <format>", "file format (default: by the name of the file, else csv)", ["csv", "json", "parquet"]),
      option("--to <file>", "file to write; else standard output (not for parquet)")
    ],
    examples: [
      "tetra assets export market_data --format csv > bars.csv",
      "tetra assets export strategy_rankings --to rankings.parquet"
    ]
  }
})
const configCommands = (): Readonly<Record<string, Described>> => ({
  validate: { summary: "check the configuration: every problem at once", options: [json()], examples: ["tetra config validate"] },
  show: {
    summary: "the configuration in force, without secrets",
    options: [option("--diff <env>", "what another environment has differently, and what follows from it"), json()],
    examples: ["tetra config show", "tetra config show --env production --json", "tetra config show --env dev --diff production"]
  },
  schema: { summary: "JSON Schema of the configuration, for editors", examples: ["tetra config schema > tetra.schema.json"] },
  versions: {
    summary: "every configuration that was in force, and what changed with it",
    options: [json()],
    examples: ["tetra config versions"]
  },
  diff: {
    summary: "what is different between two versions, and what follows from it",
    arguments: [
      ["[before]", "number, beginning of a hash, or current (default: the newest version)"],
      ["[after]", "the same (default: current)"]
    ],
    options: [json()],
    examples: ["tetra config diff", "tetra config diff 2 5", "tetra config diff 3 current"]
  },
  rollback: {
    summary: "write the file as it was in an earlier version; what stands there is kept in .bak",
    arguments: [["<version>", "number, or beginning of a hash"]],
    options: [option("--yes", "do it: without this flag it only says what would change")],
    examples: ["tetra config rollback 3", "tetra config rollback 3 --yes"]
  }
})
const pluginCommands = (): Readonly<Record<string, Described>> => ({
  list: { summary: "plugins of the project and what they bring", options: [json()], examples: ["tetra plugins list"] }
})

const cacheCommands = (): Readonly<Record<string, Described>> => ({
  ls: {
    summary: "what can be reused: results by stage, with their size and when they were used last",
    options: [option("-p, --pipeline <name>", "only of this pipeline"), json()],
    examples: ["tetra cache ls", "tetra cache ls --pipeline data_pipeline --json"]
  },
  clear: {
    summary: "throw cached results away: the next run computes them anew; published data stays",
    options: [
      option("-p, --pipeline <name>", "only of this pipeline"),
      option("--older-than <time>", "only what was not used for this long (12h, 7d)"),
      option("--dry-run", "say what would go, change nothing"),
      option("--yes", "do it: without this flag it only says what it would do")
    ],
    examples: ["tetra cache clear --older-than 7d --dry-run", "tetra cache clear --pipeline data_pipeline --yes"]
  }
})
const tokenCommands = (): Readonly<Record<string, Described>> => ({
  create: {
    summary: "make a token; it is shown once",
    arguments: [["<name>", "whose it is, or what it is for"]],
    options: [
      choice("--scope <scope>", "read; run: also begins and stops runs; admin: everything", ["read", "run", "admin"], "read"),
      option("--days <n>", "how long it holds; without end when it is left away", whole(1)),
      json()
    ],
    examples: ["tetra token create grafana", "tetra token create ci --scope run --days 90"]
  },
  list: {
    summary: "the tokens that hold, without their texts",
    options: [json()],
    examples: ["tetra token list"]
  },
  revoke: {
    summary: "take a token back, at once",
    arguments: [["<id>", "as `tetra token list` shows it"]],
    options: [],
    examples: ["tetra token revoke 1a2b3c4d"]
  }
})
const stateCommands = (): Readonly<Record<string, Described>> => ({
  verify: {
    summary: "work every table out from the event log and compare row by row; check that every run can have happened",
    options: [option("--data", "read every stored file, too, and compare its content with what is recorded"), json()],
    examples: ["tetra state verify", "tetra state verify --data"]
  },
  repair: {
    summary: "make every table what the event log says",
    options: [confirmed(), json()],
    examples: ["tetra state repair"]
  },
  reset: {
    summary: "forget one pipeline's state, cached results and checkpoints; past runs and data stay",
    arguments: [["<pipeline>", "the pipeline"]],
    options: [option("--yes", "do it: without this flag it only says what it would do")],
    examples: ["tetra state reset data_pipeline --yes"]
  },
  export: {
    summary: "back the state up into a file",
    arguments: [["<file>", "file to write; - for standard output"]],
    examples: ["tetra state export state.jsonl", "tetra state export - | gzip > state.jsonl.gz"]
  },
  import: {
    summary: "restore a backup into an empty store",
    arguments: [["<file>", "file of `tetra state export`; - for standard input"]],
    options: [confirmed()],
    examples: ["tetra state import state.jsonl"]
  },
  migrate: {
    summary: "bring the store's schema up to date, or move everything to another store",
    options: [option("--to <url>", "an empty store: postgres://user:password@host/database, or embedded"), confirmed()],
    examples: ["tetra state migrate --to postgres://tetra@db.example/tetra"]
  },
  collect: {
    summary: "forget what is older than the retention, remove files that nothing refers to",
    options: [option("--dry-run", "say what would go and how much space comes back, change nothing"), confirmed(), json()],
    examples: ["tetra state collect --dry-run", "tetra state collect"]
  }
})

const describe = (parent: Command, path: string, name: string, described: Described, perform: Perform): void => {
  const full = path === "" ? name : `${path} ${name}`
  const command = parent
    .command(name)
    .summary(described.summary)
    .description(`${described.summary[0]?.toUpperCase()}${described.summary.slice(1)}.`)
  for (const [argument, help] of described.arguments ?? []) command.argument(argument, help)
  for (const one of described.options ?? []) command.addOption(one)
  command
    .option("-c, --config <file>", "configuration file")
    .option("--env <name>", "environment: an overlay on the configuration")
    .option("-q, --quiet", "say only what went wrong")
    .option("-v, --verbose", "say more")
    .addHelpText("after", examples(...described.examples))
  if (full === "run" || full === "analyze" || full === "backfill") command.allowUnknownOption().allowExcessArguments()
  if (full === "run") {
    command.usage("[options] [pipeline options]")
    command.addHelpText(
      "after",
      "\nPipeline options pass through: --type all --scenario all --strategies all (see tetra plugins list)."
    )
  }
  command.action(async () => perform(full, { options: command.opts(), args: command.args }))
}
const group = (
  program: Command,
  name: string,
  summary: string,
  all: Readonly<Record<string, Described>>,
  perform: Perform
): void => {
  const parent = program
    .command(name)
    .helpCommand(false)
    .summary(summary)
    .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
  for (const [child, described] of Object.entries(all)) describe(parent, name, child, described, perform)
  parent.addHelpText("after", examples(...Object.values(all).flatMap((d) => d.examples.slice(0, 1))))
}

/** Commands of two words: what the first one is about, and the second words. */
const groups: Readonly<Record<string, readonly [string, () => Readonly<Record<string, Described>>]>> = {
  assets: ["what the pipelines provide: versions, rows, freshness; the data itself", assetCommands],
  config: ["check and show the configuration", configCommands],
  token: ["tokens for the HTTP API of the server", tokenCommands],
  plugins: ["plugins of this project", pluginCommands],
  cache: ["what can be reused, and how to throw it away", cacheCommands],
  state: ["check, mend, back up and move what was recorded", stateCommands]
}

/**
 * The command tree; `perform` is called with the words of the command (`assets export`) and what it was given. With `first`, the first word that was
 * typed, only the part of the tree that it names is made, when it names one: nothing else of it is needed then.
 */
export const buildProgram = (version: string, perform: Perform, first?: string): Command => {
  const program = new Command("tetra")
    .description("Typed, durable, interruptible data pipelines.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: false })
    .exitOverride()
    // `usage.ts` says what is wrong.
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
  const all = commands()
  const isKnown = first !== undefined && (Object.hasOwn(all, first) || Object.hasOwn(groups, first))
  const isMeant = (name: string): boolean => !isKnown || name === first
  for (const [name, described] of Object.entries(all)) if (isMeant(name)) describe(program, "", name, described, perform)
  for (const [name, [summary, within]] of Object.entries(groups))
    if (isMeant(name)) group(program, name, summary, within(), perform)
  program.addHelpText(
    "after",
    examples("tetra init demo && cd demo", "tetra run --mode daily", "tetra status", "tetra analyze sales.csv --target revenue")
  )
  return program
}
