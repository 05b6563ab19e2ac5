/** `tetra init [DIR]`: a project that runs at once, on made-up data and the embedded store. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { basename, dirname, join, relative, resolve } from "node:path"
import process from "node:process"
import { configJsonSchema } from "@tetra/core/engine"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { badge, lookOf } from "../output/plain/look.ts"
import { asTyped } from "../output/typed.ts"
import type { Call } from "../program.ts"
import { flag } from "../project/open.ts"
import { print } from "../project/store.ts"

const configuration = (name: string): string => `# yaml-language-server: $schema=./tetra.schema.json
# What runs, when, and with which settings. \`tetra config validate\` checks it.
version: 1
project: ${name}
timezone: America/New_York # for schedules

plugins:
  - "@tetra/plugin-data"
  - "@tetra/plugin-scenarios"
  - "@tetra/plugin-metrics"
  - "@tetra/plugin-assessment"

pipelines:
  data_pipeline:
    plugin: "@tetra/plugin-data"
    # Made-up prices, the same on every machine. For your own files: { provider: folder, path: ./data, symbols: [...] }
    config: { provider: synthetic, symbols: [SPY, QQQ, IWM] }

pipeline_dependencies:
  data_pipeline:
    schedule: "0 19 * * *"
  scenarios_pipeline:
    depends_on: ["data_pipeline"]
    schedule: "0 20 * * 0"
  metrics_pipeline:
    depends_on: ["scenarios_pipeline"]
    schedule: "0 21 * * 0"
  assessment_pipeline:
    depends_on: ["metrics_pipeline"]
    schedule: "0 22 * * 0"

# Modes daily, weekly, full and backfill are there already; yours go here.
modes:
  data_only:
    data_pipeline: { mode: daily }

retry: { max_retries: 3, initial_delay: 5, backoff_factor: 2.0, max_delay: 60, jitter: true } # seconds
`
const readme = (name: string): string => `# ${name}

A Tetra project.

    tetra run --mode daily     # load data
    tetra run --mode full      # data, scenarios, metrics, assessment
    tetra status               # what every pipeline did last
    tetra assets list          # what was made
    tetra graph                # what depends on what

Configuration: \`config/orchestration.yaml\`. What Tetra writes goes under \`.tetra/\`.
`
const filesOf = (name: string): Readonly<Record<string, string>> => ({
  "config/orchestration.yaml": configuration(name),
  "config/tetra.schema.json": `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
  "README.md": readme(name),
  ".gitignore": ".tetra/\n.env\n",
  ".env.example": "# Copy to .env. Secrets that the configuration names as ${NAME} come from here.\n# SLACK_WEBHOOK_URL=\n"
})
/** A name that the configuration takes: lower-case words. */
const projectName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "") || "tetra"

export const handle = async (call: Call): Promise<ExitCode> => {
  const folder = resolve(call.args[0] ?? ".")
  const files = filesOf(projectName(folder))
  const inTheWay = Object.keys(files).filter((file) => existsSync(join(folder, file)))
  const config = inTheWay.find((file) => file.endsWith(".yaml"))
  if (config !== undefined && !flag(call, "force")) {
    throw new Refusal(`there is a project in ${folder} already (${config})`, {
      hint: "choose another folder, or overwrite its files with --force"
    })
  }
  const look = lookOf(process.stdout, process.env)
  const { command } = look
  const written = Object.entries(files).filter(([file]) => flag(call, "force") || !inTheWay.includes(file))
  for (const [file, content] of written) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), file === "README.md" ? asTyped(content, command) : content)
  }
  const there = relative(process.cwd(), folder)
  print([
    badge(look, "completed", `made a project in ${folder}`),
    ...written.map(([file]) => `  ${file}`),
    "",
    "Next:",
    ...(there === "" ? [] : [`  cd ${there.startsWith("..") ? folder : there}`]),
    "  tetra run --mode daily"
  ])
  return exitCodes.completed
}
