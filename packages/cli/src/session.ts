/** One run from start to closing summary: follows its events, stops it on a signal, answers the exit code. */
import { existsSync } from "node:fs"
import { join, relative } from "node:path"
import process from "node:process"
import {
  type Busy,
  type BuiltPlan,
  Engine,
  type IfRunning,
  Journal,
  type Ledger,
  readAdmission,
  type RunHandle,
  RunLog,
  type RunRequest,
  scrub,
  type Trigger,
  worthHiding
} from "@tetra/core/engine"
import { claimEnvironment, printedLine, settleOrphans, waitText } from "@tetra/daemon/runs"
import { layerStore } from "@tetra/core/storage"
import { Effect, Layer, type Redacted } from "effect"
import type { Remote } from "./attach/client.ts"
import { type CiReport, tellCi } from "./ci/tellCi.ts"
import type { Board } from "./dashboard/Board.ts"
import type { Next } from "./dashboard/BoardOptions.ts"
import type { Json, LiveEvent } from "./domain.ts"
import { type ExitCode, exitCodeOf, exitCodes } from "./exitCodes.ts"
import { writeDetails } from "./explain.ts"
import { type Guard, guardRun } from "./guard.ts"
import { isEnded, type RunModel } from "./output/model.ts"
import { glyph, lookOf, paint } from "./output/plain/look.ts"
import { summaryLines } from "./output/plain/summary.ts"
import { oneLine } from "./output/plain/text.ts"
import { endSentences } from "./output/reader/sentences.ts"
import type { Renderer } from "./output/Renderer.ts"
import { warn } from "./output/warn.ts"
import { readPast } from "./past.ts"
import { type Control, readerOf, rendererOf } from "./rendererOf.ts"
import { keepInForce } from "./project/keepInForce.ts"
import { perform } from "./runtime.ts"
import { serverFor } from "./served/serverFor.ts"
import { interrupt, nameOf, onSignals, type Signal } from "./signals.ts"
import { print } from "./project/store.ts"
import { watched } from "./watched.ts"

export interface Session {
  readonly home: string
  /** `state.url` of the configuration. */
  readonly stateUrl: Redacted.Redacted | undefined
  readonly built: BuiltPlan
  readonly configVersion: string
  /** Recorded with the run; what `--resume` asks again. */
  readonly params: Json
  /** The run to continue, by `--resume` or `tetra retry`. */
  readonly resume: { readonly run: string; readonly reason: string; readonly stages: ReadonlyArray<string> } | undefined
  /** The same id gives the same run. */
  readonly commandId: string | undefined
  readonly ifRunning: IfRunning | undefined
  /** Why it runs; when it is absent, somebody typed it. */
  readonly trigger?: Trigger
  /** Told once the run is recorded. */
  readonly began?: (run: string) => Effect.Effect<unknown, unknown, Ledger>
  /** The request as it was made, secrets included, where a server may take it; `at`: the one that has to. */
  readonly served?: { readonly request: RunRequest; readonly at?: Remote | undefined }
  /** What was typed. */
  readonly typed: string
  readonly output: "plain" | "json" | "tui"
  readonly detail: "quiet" | "normal" | "verbose"
  /** Sentences for a screen reader, when `output` is `plain`. */
  readonly reader?: boolean
  /** What a CI system is to be told at the end. */
  readonly ci?: CiReport
  /** The open dashboard that shows the run, when `output` is `tui`. */
  readonly board?: Board
}
/** How long a stage that does not stop may hold us after a signal, beyond the grace that it asked for. */
const forceAfterMs = 2000

export const note = (text: string): string => {
  const look = lookOf(process.stderr, process.env)
  return `${paint(look, "warn", glyph(look, "warning"))} ${text}`
}

/** A fault of a plugin outside of any stage must not take the run with it: it is told, and its details are kept. */
export const faultLine = (error: unknown): string => {
  const file = writeDetails(error, process.argv.slice(2))
  const what = oneLine(error instanceof Error ? error.message : String(error))
  return note(`something threw outside of a stage: ${what}${file === undefined ? "" : ` (details: ${file})`}`)
}
export const longestGraceMs = (session: Session): number =>
  Math.max(500, ...session.built.plan.stages.map((s) => s.policy.graceMs))
/** The first signal cancels, the second leaves at once; a stage that will not stop is left behind after its grace. */
const cancelOnSignal = (
  session: Session,
  handle: () => RunHandle | undefined,
  renderer: Renderer,
  guard: Guard
): (() => void) => {
  const leave = (): never => {
    renderer.stop()
    guard.err.write(`${note("left at once; what was committed is kept, `tetra run` continues")}\n`)
    return guard.exit(exitCodes.interrupted)
  }
  const first = (signal: Signal): void => {
    const running = handle()
    if (running === undefined || !running.here) return leave()
    renderer.say(note(`${nameOf(signal)}: stopping, what is finished is kept (again to leave at once)`))
    Effect.runFork(running.cancel("user", nameOf(signal)))
    setTimeout(leave, longestGraceMs(session) + forceAfterMs).unref()
    return undefined
  }
  return onSignals(first, leave)
}

const stop = (handle: RunHandle | undefined, by: string): void => {
  if (handle !== undefined) Effect.runFork(handle.cancel("user", by))
}

/** `seq` 0 marks progress between two records. */
export const isBefore = (event: LiveEvent, seq: number): boolean => event._tag !== "Log" && event.seq > 0 && event.seq <= seq

const follow = (session: Session) =>
  Effect.gen(function* () {
    yield* claimEnvironment(session.built.project.environment, Date.now())
    const engine = yield* Engine
    const journal = yield* Journal
    const log = yield* RunLog
    const past = yield* readPast(session.built.plan)
    const reader = yield* Effect.promise(() => readerOf(session))
    const { commandId, ifRunning, resume } = session
    const ofCommand = commandId === undefined ? undefined : ((yield* journal.runOfCommand(commandId)) ?? null)
    const orphan = yield* settleOrphans(session.built.plan, { told: resume !== undefined, ofCommand, say: warn })
    const resumed = resume?.run ?? orphan
    // What goes on was admitted when it began.
    const { plan, project } = session.built
    const admission = resumed === undefined ? yield* readAdmission(project, plan, Date.now()) : undefined
    const before = resumed === undefined ? 0 : (yield* journal.read(resumed)).length
    let handle: RunHandle | undefined
    const secrets = worthHiding(session.built.secrets)
    const guard = guardRun(
      (text, from) => {
        if (handle === undefined) return renderer.say(oneLine(scrub(text, secrets)))
        const line = printedLine(text, { run: handle.id, from, secrets })
        log.write(line)
        return renderer.see(line)
      },
      (error) => renderer.say(scrub(faultLine(error), secrets))
    )
    const control: Control = { cancel: () => stop(handle, "dashboard"), interrupt }
    const renderer = rendererOf(session, past, guard, control, reader)
    const ignore = cancelOnSignal(session, () => handle, renderer, guard)
    const unwatch = watched(session.home, renderer, { err: guard.err, note })
    const release = Effect.sync(() => {
      unwatch()
      ignore()
      renderer.stop()
      guard.release()
    })
    // The engine tells a resumed run from its first event on.
    const onLive = (event: LiveEvent): void => (isBefore(event, before) ? renderer.recall(event) : renderer.see(event))
    const { configVersion, params } = session
    const onWait = (holder: Busy): void => renderer.say(note(oneLine(waitText(holder))))
    const waiting = ifRunning === undefined ? {} : { ifRunning }
    const begun =
      resumed === undefined
        ? engine.start(session.built, {
            trigger: session.trigger ?? { kind: "cli", detail: session.typed },
            configVersion,
            params,
            ...(admission === undefined ? {} : { admission }),
            ...(commandId === undefined ? {} : { commandId }),
            ...waiting,
            onLive
          })
        : engine.resume(resumed, session.built, resume?.reason ?? "the process that ran it is gone", {
            onLive,
            onWait,
            stages: resume?.stages ?? [],
            ...waiting
          })
    const result = Effect.gen(function* () {
      const running = yield* begun
      handle = running
      const { here, id } = running
      if (session.began !== undefined) yield* session.began(id)
      if (!here && ofCommand === id)
        renderer.say(note(`run ${id} was asked for by this command before: following it, nothing runs here`))
      session.board?.began(log.pathOf(id), {
        ...control,
        pause: () => void Effect.runFork(running.pause("user", "dashboard")),
        resume: () => void Effect.runFork(running.resume("user", "dashboard"))
      })
      yield* running.result
      ignore()
      const { board } = session
      const next = board === undefined ? undefined : yield* Effect.promise(() => board.ended())
      return { model: renderer.stop(), log: log.pathOf(id), next }
    })
    return yield* result.pipe(Effect.ensuring(release))
  })

/** What the process says with its exit code. */
export const codeOf = (model: RunModel): ExitCode => {
  if (!isEnded(model.status)) return exitCodes.failed
  return exitCodeOf(model.status)
}
/** The closing summary, line by line. */
export const closing = (
  session: Pick<Session, "home" | "typed" | "output" | "detail" | "reader">,
  model: RunModel,
  log: string
): ReadonlyArray<string> => {
  const stream = session.output === "json" ? process.stderr : process.stdout
  const near = (path: string): string => (relative(process.cwd(), path).startsWith("..") ? path : relative(process.cwd(), path))
  const reports = join(session.home, "reports", model.run)
  const facts = { log: near(log), reports: existsSync(reports) ? near(reports) : undefined, again: session.typed }
  if (session.reader === true) return endSentences(model, facts)
  const quiet = session.detail === "quiet" || session.output === "json"
  return summaryLines(model, lookOf(stream, process.env), facts, quiet)
}

/** How a run ended, and on the dashboard what is to come next. */
export interface Ended {
  readonly code: ExitCode
  readonly model: RunModel
  readonly log: string
  readonly next: Next | undefined
}
/** Runs the plan, or continues the run of a process that is gone with the same plan. The summary of a run on the dashboard is its owner's. */
export const runSession = async (session: Session): Promise<Ended> => {
  const ended = await endOf(session)
  const { log, model } = ended
  if (session.board === undefined) {
    const lines = closing(session, model, log)
    if (session.output === "json") process.stderr.write(`${lines.join("\n")}\n`)
    else print(lines)
  }
  if (session.ci !== undefined) tellCi(session.ci, model, session.built.project.root)
  return ended
}
/** In the server that owns the store, when there is one; else in this process. */
const endOf = async (session: Session): Promise<Ended> => {
  const { built, served } = session
  const remote = served === undefined ? undefined : (served.at ?? (await serverFor(built.project)))
  if (served !== undefined && remote !== undefined)
    return await (await import("./served/runServed.ts")).runServed(session, served.request, remote)
  await keepInForce(session.built.project)
  const services = Layer.provideMerge(Engine.layer, layerStore({ home: session.home, stateUrl: session.stateUrl }))
  const { log, model, next } = await perform(follow(session).pipe(Effect.provide(services), Effect.scoped))
  return { code: codeOf(model), model, log, next }
}
