/** `tetra run`: plans, then runs or, with `--dry-run`, shows the plan. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import {
  type BuiltPlan,
  type IfRunning,
  Journal,
  planRun,
  type Project,
  readAdmission,
  type RunPlan,
  type RunRequest
} from "@tetra/core/engine"
import { recorded, requestOfRecord, secretsAmong, withoutSecrets } from "@tetra/daemon/runs"
import { layerStore } from "@tetra/core/storage"
import { type ScheduledRun, startOf } from "@tetra/daemon/schedule"
import { Effect } from "effect"
import { type CiReport, ciReportOf, readyFor, tellNothing, tellRefusal } from "../ci/tellCi.ts"
import { hasScreenReader, whyNot } from "../dashboard/canShow.ts"
import type { Diagnostic } from "../domain.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { diagnosticLines } from "../explain.ts"
import { Refusal } from "../failure.ts"
import { admissionLines } from "../output/plain/admissionLines.ts"
import { lookOf } from "../output/plain/look.ts"
import { planLines } from "../output/plain/planLines.ts"
import { forecast, readPast } from "../past.ts"
import type { Call } from "../program.ts"
import { flag, list, openProject, storePlaceOf, text } from "../project/open.ts"
import { findRun, print, readStore, type StorePlace } from "../project/store.ts"
import { requestOf, withSecrets } from "../request.ts"
import { perform } from "../runtime.ts"
import { runSession, type Session } from "../session.ts"
import { keepUp } from "../upkeep.ts"
import { typed } from "./again.ts"

/** How a run is shown, and why so. */
interface Shown extends Pick<Session, "output" | "detail"> {
  readonly reader: boolean
  readonly reason: string
}
/** `--output`: `auto` shows the dashboard where it can be shown; what was asked for and cannot be is told, never silently replaced. */
const shownBy = (call: Call, hasDashboard: boolean, wantsReader: boolean): Shown => {
  const how = text(call, "output") ?? "auto"
  const detail = flag(call, "quiet") ? "quiet" : flag(call, "verbose") ? "verbose" : "normal"
  const plain = { output: "plain", detail, reader: false } as const
  if (how === "json") return { ...plain, output: how, reason: "--output json" }
  const reader = hasDashboard && (flag(call, "screenReader") || wantsReader || hasScreenReader(process.env))
  if (reader) return { ...plain, reader, reason: "a screen reader is in use" }
  if (how === "plain") return { ...plain, reason: "--output plain" }
  const reason = hasDashboard ? whyNot(process.stdin, process.stdout, process.env) : "this command has none"
  if (how === "tui" && reason !== undefined) process.stderr.write(`no dashboard: ${reason}; going on with plain output\n`)
  if (reason !== undefined) return { ...plain, reason }
  return how === "tui" || detail !== "quiet"
    ? { ...plain, output: "tui", reason: how === "tui" ? "--output tui" : "this is a terminal with room for it" }
    : { ...plain, reason: "--quiet" }
}
const modeWords = { tui: "dashboard", plain: "plain lines", json: "JSON lines" } as const
/** Also says it, when `--why-mode` asks. Flags about signs and colour become the environment: lines, pagers and isolated stages agree. */
export const outputOf = (
  call: Call,
  hasDashboard = true,
  config?: Project["config"]["dashboard"]
): Pick<Session, "output" | "detail" | "reader"> => {
  applyLook(call, config)
  const { reason, ...shown } = shownBy(call, hasDashboard, config?.screen_reader === true)
  if (flag(call, "whyMode")) process.stderr.write(`shown as ${shown.reader ? "sentences" : modeWords[shown.output]}: ${reason}\n`)
  return shown
}
const applyLook = (call: Call, config: Project["config"]["dashboard"]): void => {
  const when = [text(call, "color"), config?.color].find((one) => one === "always" || one === "never")
  if (when !== undefined) {
    for (const name of ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"]) Reflect.deleteProperty(process.env, name)
    process.env[when === "always" ? "FORCE_COLOR" : "NO_COLOR"] = "1"
  }
  if (flag(call, "ascii") || config?.ascii === true) process.env["TETRA_ASCII"] = "1"
}
export const warn = (warnings: ReadonlyArray<Diagnostic>, quiet: boolean): void => {
  const look = lookOf(process.stderr, process.env)
  if (!quiet) for (const warning of warnings) process.stderr.write(`${diagnosticLines(warning, look).join("\n")}\n`)
}

/** A recorded run that is to go on. */
export interface Again {
  readonly id: string
  /** Recorded with the run. */
  readonly reason: string
  /** What is to be made anew beside what did not complete. */
  readonly stages: (plan: RunPlan) => ReadonlyArray<string>
  /** Stages are named: then a run that completed goes on, too. */
  readonly anew: boolean
}
/** The run that goes on, and what it was asked to do. */
const recordedRun = async (
  place: StorePlace,
  { anew, id }: Again
): Promise<{ readonly run: string; readonly request: RunRequest }> => {
  const found = Effect.gen(function* () {
    const row = yield* findRun(id)
    const [first] = yield* (yield* Journal).read(row.id)
    return { row, first }
  })
  const { row, first } = await readStore(place, found)
  const request = first?._tag === "RunRequested" ? requestOfRecord(first.params) : undefined
  if (row.status === "completed" && !anew)
    throw new Refusal(`run ${row.id} is completed: there is nothing to continue`, {
      code: exitCodes.notRun,
      hint: `\`tetra run\` starts a new one, \`tetra retry ${row.id} --stage NAME\` computes a stage of it anew`
    })
  if (row.archivedAt !== undefined)
    throw new Refusal(`run ${row.id} is old, and only its summary was kept: it cannot be continued`, {
      code: exitCodes.notRun,
      hint: "start a new run: what is unchanged will be reused"
    })
  const { shadow } = row.trigger
  if (shadow !== undefined)
    throw new Refusal(`run ${row.id} is a shadow run`, {
      hint: `\`tetra pipeline shadow ${shadow.pipeline} ${shadow.version} --run ${shadow.of}\` goes on with it`
    })
  if (request === undefined)
    throw new Refusal(`run ${row.id} was not started from the command line`, {
      hint: "start it again with `tetra run` and its parameters"
    })
  return { run: row.id, request }
}

const dryRun = async (built: BuiltPlan, place: StorePlace): Promise<ExitCode> => {
  const { plan, project } = built
  const now = Date.now()
  const told = Effect.gen(function* () {
    const admission = yield* readAdmission(project, plan, now)
    return { admission, ...(yield* readPast(plan)), stages: yield* forecast(built, now) }
  })
  const { admission, ...rest } = await perform(told.pipe(Effect.provide(layerStore({ ...place, readOnly: true })), Effect.scoped))
  const look = lookOf(process.stdout, process.env)
  const again = typed(process.argv.slice(2).filter((word) => word !== "--dry-run"))
  print([
    ...admissionLines(admission, { again, forced: plan.force, pipelines: plan.pipelines.map(({ name }) => name) }, look),
    "",
    ...planLines(plan, rest, look)
  ])
  return exitCodes.completed
}
const plan = async (project: Project, request: RunRequest): Promise<BuiltPlan> => await perform(planRun(project, request))

const ifRunningOf = (call: Call): IfRunning | undefined => {
  const words: Readonly<Record<string, IfRunning>> = { skip: "skip", queue: "queue_one", replace: "replace" }
  return words[text(call, "ifRunning") ?? ""]
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const code = await answer(call)
  return code === exitCodes.partial && flag(call, "partialOk") ? exitCodes.completed : code
}
const answer = async (call: Call): Promise<ExitCode> => {
  if (list(call, "schedule").length > 0) return await (await import("../gate/runGate.ts")).runGate(call)
  const lonely = ["scheduledBy", "takeOver", "triggerKey"].find((name) => call.options[name] !== undefined)
  if (lonely !== undefined)
    throw new Refusal("--scheduled-by, --take-over and --trigger-key belong to --schedule", {
      hint: "tetra run --schedule data_pipeline --scheduled-by cron"
    })
  if (text(call, "promote") !== undefined) return await promoted(call)
  const id = text(call, "resume")
  return await performRun(
    call,
    id === undefined ? undefined : { id, reason: "asked with --resume", stages: () => [], anew: false }
  )
}
/** `--promote` puts a version in force, and runs nothing. */
const promoted = async (call: Call): Promise<ExitCode> => {
  const [pipeline, ...more] = list(call, "pipeline")
  if (pipeline === undefined || more.length > 0)
    throw new Refusal("--promote is about one pipeline", { hint: "tetra run --pipeline metrics_pipeline --promote green" })
  const [{ guardEnvironment }, { promote }] = await Promise.all([
    import("../project/guardEnvironment.ts"),
    import("./pipeline/promote.ts")
  ])
  await guardEnvironment("pipeline promote", call)
  return await promote({ ...call, args: [pipeline, text(call, "promote") ?? ""] })
}
/** Runs an occurrence of a schedule; `began` is told once the run is recorded. */
export const runScheduled = async (
  call: Call,
  project: Project,
  asked: ScheduledRun,
  began: NonNullable<Session["began"]>
): Promise<ExitCode> => {
  const how = outputOf(call, false, project.config.dashboard)
  const { ifRunning, request, trigger } = startOf(asked)
  const built = await plan(project, request)
  warn(built.warnings, how.detail === "quiet")
  const { code } = await runSession({
    ...storePlaceOf(project),
    built,
    configVersion: project.configVersion,
    params: recorded(request, []),
    resume: undefined,
    commandId: asked.commandId,
    ifRunning,
    trigger,
    began,
    typed: `tetra run --pipeline ${asked.pipeline}`,
    ...how
  })
  if (code !== exitCodes.interrupted) await keepUp(project)
  return code
}
/** Plans what was asked for; with `--affected`, what of it a change touches. Undefined when nothing is left to run, which has been said. */
const narrowed = async (
  call: Call,
  project: Project,
  request: RunRequest
): Promise<{ readonly request: RunRequest; readonly built: BuiltPlan } | undefined> => {
  const ref = text(call, "affected")
  if (ref === undefined) return { request, built: await plan(project, request) }
  if (text(call, "resume") !== undefined)
    throw new Refusal("--affected does not go with --resume", { hint: "a run that goes on does what it was asked to do" })
  const { narrow } = await import("../affected/narrow.ts")
  const store = layerStore({ ...storePlaceOf(project), readOnly: true })
  return await narrow(project, ref, request, {
    plan: (wanted) => plan(project, wanted),
    admit: (built) => perform(readAdmission(project, built.plan, Date.now()).pipe(Effect.provide(store), Effect.scoped))
  })
}
/** Plans and runs what was asked for, or lets the recorded run `again` go on. */
export const performRun = async (call: Call, again: Again | undefined): Promise<ExitCode> => {
  if (flag(call, "dryRun")) return await performAsked(call, again, undefined)
  const ci = ciReportOf(text(call, "junit"), process.env)
  readyFor(ci)
  try {
    return await performAsked(call, again, ci)
  } catch (error) {
    tellRefusal(ci, error)
    throw error
  }
}
const performAsked = async (call: Call, again: Again | undefined, ci: CiReport | undefined): Promise<ExitCode> => {
  const project = await openProject(call)
  const how = outputOf(call, true, project.config.dashboard)
  if (how.output !== "tui") call.opening?.close()
  await call.opening?.hear()
  const place = storePlaceOf(project)
  const asked = requestOf(call, project)
  const resume = again === undefined ? undefined : await recordedRun(place, again)
  const wanted = resume === undefined ? asked : withSecrets(resume.request, asked)
  const left = await narrowed(call, project, wanted)
  if (left === undefined) {
    if (ci !== undefined) tellNothing(ci)
    return exitCodes.completed
  }
  const { built, request } = left
  await call.opening?.hear()
  warn([...project.warnings, ...built.warnings], how.detail === "quiet")
  if (flag(call, "dryRun") && call.options["attach"] === undefined) return await dryRun(built, place)
  const secrets = secretsAmong(request, built.plan)
  const words = typed(withoutSecrets(process.argv.slice(2), request, secrets))
  const at =
    call.options["attach"] === undefined ? undefined : await (await import("./runAttached.ts")).serverOf(call, project.home)
  const session: Session = {
    ...place,
    built,
    configVersion: project.configVersion,
    params: recorded(request, secrets),
    resume:
      resume === undefined || again === undefined
        ? undefined
        : { run: resume.run, reason: again.reason, stages: again.stages(built.plan) },
    commandId: text(call, "commandId"),
    ifRunning: ifRunningOf(call),
    typed: words,
    ...(ci === undefined ? {} : { ci }),
    ...(flag(call, "standalone") ? {} : { served: { request, at } }),
    ...how
  }
  if (flag(call, "detach")) return await (await import("./runAttached.ts")).runDetached(session, request)
  if (at?._tag === "Http" && how.output === "tui")
    return await (await import("./runAttached.ts")).attachedBoard(call, session, request, at)
  const code = how.output === "tui" ? await onBoard(call, project, request, session) : (await runSession(session)).code
  if (code !== exitCodes.interrupted) await keepUp(project)
  if (code === exitCodes.completed && how.detail !== "quiet") tellShadows(project, built.plan)
  return code
}
/** Without a server nobody follows by itself. */
const tellShadows = ({ config, home }: Project, { pipelines }: RunPlan): void => {
  if (existsSync(join(home, "daemon.json"))) return
  for (const { name } of pipelines) {
    const { active, shadow } = config.pipelines?.[name] ?? {}
    if (shadow !== undefined && shadow !== active)
      process.stderr.write(`${shadow} has not followed yet: \`tetra pipeline shadow ${name}\` runs it with the same inputs\n`)
  }
}
/** Only here is the dashboard loaded. */
const onBoard = async (call: Call, project: Project, request: RunRequest, session: Session): Promise<ExitCode> => {
  const [{ beginOnBoard }, { displayOf }] = await Promise.all([
    import("../dashboard/runOnBoard.ts"),
    import("../dashboard/display.ts")
  ])
  const display = displayOf(call, project)
  return await beginOnBoard(
    {
      project,
      reload: () => openProject(call),
      request,
      line: session.typed,
      detail: session.detail,
      display,
      standalone: flag(call, "standalone"),
      opening: call.opening
    },
    session
  )
}
