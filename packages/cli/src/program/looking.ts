/** Commands that look at what is recorded. */
import { choice, type Described, json, option, whole } from "./words.ts"

export const looking = (): Readonly<Record<string, Described>> => ({
  logs: {
    summary: "log lines of runs, or of the daemon",
    options: [
      option("-p, --pipeline <name>", "only of this pipeline"),
      option("--run <run>", "of this run: id, its beginning, or latest").default("latest"),
      option("--stage <name>", "only of this stage: pipeline.stage, or the stage alone"),
      choice("--level <level>", "this level and above", ["debug", "info", "warn", "error"], "info"),
      option("--tail <n>", "only the last n lines", whole(0)),
      option("--follow", "go on as lines arrive"),
      option("--daemon", "instead of a run: what the daemon says; --run and --pipeline narrow it down"),
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
      "tetra logs --daemon --level warn --follow",
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
      option("--stages", "each stage, too: time, processor, memory, bytes read and written"),
      json()
    ],
    examples: ["tetra trends", "tetra trends --pipeline metrics_pipeline --limit 100", "tetra trends --stages"]
  },
  report: {
    summary: "find the reports of a run or an asset, or render a page of the data where there is none",
    arguments: [["[run|asset]", "a run: id, its beginning, or latest (default); or an asset: its newest version"]],
    options: [option("--open", "open the first page in the browser"), json()],
    examples: ["tetra report", "tetra report latest --open", "tetra report strategy_rankings", "tetra report market_data --open"]
  }
})
