/** Entry of the bundle. Imports only what `--help` needs; every handler comes lazily. */
import process from "node:process"
import type { Call } from "./program.ts"
import type { Opening } from "./dashboard/Opening.ts"
import { opensEarly } from "./dashboard/opensEarly.ts"
import { type ExitCode, exitCodes } from "./exitCodes.ts"
import { ownVersion } from "./ownVersion.ts"
import { commandHere } from "./output/typed.ts"
import { heedReader } from "./reader.ts"
import { spellOn } from "./spelling.ts"

type Handler = (call: Call) => Promise<ExitCode>
const handlers: Readonly<Record<string, () => Promise<{ readonly handle: Handler }>>> = {
  init: () => import("./commands/init.ts"),
  run: () => import("./commands/run.ts"),
  backfill: () => import("./commands/backfill.ts"),
  "can-run": () => import("./commands/canRun.ts"),
  cancel: () => import("./commands/cancel.ts"),
  pause: () => import("./commands/pause.ts"),
  resume: () => import("./commands/resume.ts"),
  retry: () => import("./commands/retry.ts"),
  start: () => import("./commands/start.ts"),
  stop: () => import("./commands/stop.ts"),
  ui: () => import("./commands/ui.ts"),
  dev: () => import("./commands/dev.ts"),
  status: () => import("./commands/status.ts"),
  alerts: () => import("./commands/alerts.ts"),
  health: () => import("./commands/health.ts"),
  graph: () => import("./commands/graph.ts"),
  schedule: () => import("./commands/schedule.ts"),
  logs: () => import("./commands/logs.ts"),
  history: () => import("./commands/history.ts"),
  show: () => import("./commands/show.ts"),
  why: () => import("./commands/why.ts"),
  compare: () => import("./commands/compare.ts"),
  trends: () => import("./commands/trends.ts"),
  report: () => import("./commands/report.ts"),
  analyze: () => import("./commands/analyze.ts"),
  completions: () => import("./commands/completions.ts"),
  doctor: () => import("./commands/doctor.ts"),
  deploy: () => import("./commands/deploy.ts"),
  "assets list": () => import("./commands/assets/list.ts"),
  "assets show": () => import("./commands/assets/show.ts"),
  "assets diff": () => import("./commands/assets/diff.ts"),
  "assets path": () => import("./commands/assets/path.ts"),
  "assets export": () => import("./commands/assets/export.ts"),
  "config validate": () => import("./commands/config/validate.ts"),
  "config show": () => import("./commands/config/show.ts"),
  "config schema": () => import("./commands/config/schema.ts"),
  "config versions": () => import("./commands/config/versions.ts"),
  "config diff": () => import("./commands/config/diff.ts"),
  "config rollback": () => import("./commands/config/rollback.ts"),
  "pipeline versions": () => import("./commands/pipeline/versions.ts"),
  "pipeline shadow": () => import("./commands/pipeline/shadow.ts"),
  "pipeline promote": async () => ({ handle: (await import("./commands/pipeline/promote.ts")).promote }),
  "pipeline rollback": async () => ({ handle: (await import("./commands/pipeline/promote.ts")).rollback }),
  "plugins list": () => import("./commands/plugins/list.ts"),
  "plugins info": () => import("./commands/plugins/info.ts"),
  "plugins new": () => import("./commands/plugins/new.ts"),
  "plugins check": () => import("./commands/plugins/check.ts"),
  "plugins certify": () => import("./commands/plugins/certify.ts"),
  "cache ls": () => import("./commands/cache/ls.ts"),
  "cache clear": () => import("./commands/cache/clear.ts"),
  "token create": () => import("./commands/token/create.ts"),
  "token list": () => import("./commands/token/list.ts"),
  "token revoke": () => import("./commands/token/revoke.ts"),
  "state verify": () => import("./commands/state/verify.ts"),
  "state repair": () => import("./commands/state/repair.ts"),
  "state reset": () => import("./commands/state/reset.ts"),
  "state export": () => import("./commands/state/export.ts"),
  "state import": () => import("./commands/state/import.ts"),
  "state migrate": () => import("./commands/state/migrate.ts"),
  "state collect": () => import("./commands/state/collect.ts")
}

/** Commands from which an environment can be guarded. */
const changesState = /^(?:state |cache clear$|config rollback$|pipeline (?:promote|rollback)$)/u

/** What changes the store and is no run; tokens, schedules, versions of pipelines, and what is asked of runs write themselves down. */
const isWrittenDown = (command: string, { args }: Call): boolean =>
  (changesState.test(command) && !/^(?:pipeline |state (?:export|verify)$)/u.test(command)) ||
  (command === "alerts" && ["ack", "silence", "unsilence", "test"].includes(args[0] ?? ""))

/** The dashboard's screen, before what it shows is loaded. */
const openingOf = async (command: string, call: Call): Promise<Opening | undefined> => {
  if (!opensEarly(command, call)) return undefined
  const { Opening } = await import("./dashboard/Opening.ts")
  const opening = new Opening(command === "ui" ? exitCodes.completed : exitCodes.interrupted)
  opening.open()
  return opening
}
const main = async (argv: ReadonlyArray<string>): Promise<number> => {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    process.stdout.write(`${ownVersion()}\n`)
    return 0
  }
  const [{ CommanderError }, { buildProgram }] = await Promise.all([import("commander"), import("./program.ts")])
  let code = 0
  const perform = async (command: string, call: Call): Promise<void> => {
    const load = handlers[command]
    if (load === undefined) throw new Error(`no handler for "${command}"`)
    if (changesState.test(command)) await (await import("./project/guardEnvironment.ts")).guardEnvironment(command, call)
    const opening = await openingOf(command, call)
    try {
      const { handle } = await load()
      await opening?.hear()
      const done = (): Promise<ExitCode> => handle(opening === undefined ? call : { ...call, opening })
      code = isWrittenDown(command, call)
        ? await (await import("./project/writtenDown.ts")).writtenDown(command, call, done)
        : await done()
    } finally {
      opening?.close()
    }
  }
  const program = buildProgram(ownVersion(), perform, argv[0])
  if (argv.length === 0) {
    program.outputHelp()
    return 0
  }
  try {
    await program.parseAsync(argv, { from: "user" })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const { usageRefusal } = await import("./usage.ts")
    throw usageRefusal(error, program, argv) ?? error
  }
  return code
}

heedReader()
spellOn(process.stderr, commandHere(process.env, process.argv[1]))
try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const { explain } = await import("./explain.ts")
  process.exitCode = explain(error)
}
/** A pipe takes long output bit by bit: leaving before would cut it off. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> => new Promise((resolve) => stream.write("", () => resolve()))
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
// A stage that does not listen to its signal may hold the loop open: the answer is known, so leave.
process.exit()
