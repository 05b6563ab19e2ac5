/** One run in a server, shown as one in this process is: the same lines, the same keys, the same exit codes. */
import { type IfRunning, type RunPlan, type RunRequest, scrub, worthHiding } from "@tetra/core/engine"
import { layerRecords, logFileOf } from "@tetra/core/storage"
import { secretsAmong } from "@tetra/daemon/runs"
import { Effect } from "effect"
import type { Remote } from "../attach/client.ts"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { type Guard, guardRun } from "../guard.ts"
import { isEnded } from "../output/model.ts"
import { oneLine } from "../output/plain/text.ts"
import type { Renderer } from "../output/Renderer.ts"
import { warn } from "../output/warn.ts"
import { type Past, readPast } from "../past.ts"
import { type Control, readerOf, rendererOf } from "../rendererOf.ts"
import { perform } from "../runtime.ts"
import { codeOf, type Ended, faultLine, longestGraceMs, note, type Session } from "../session.ts"
import { interrupt, nameOf, onSignals, type Signal } from "../signals.ts"
import { askToBegin, type Begun, followServed, goneText, order, typedFor } from "./followServed.ts"
import { usualPatience } from "./Patience.ts"
import { print } from "../project/store.ts"

/** How long a run that does not stop may hold us after a signal, beyond the grace of its stages. */
const forceAfterMs = 2000
const begin = async (session: Session, request: RunRequest, remote: Remote): Promise<Begun> => {
  const { built, commandId, ifRunning, resume } = session
  const waits: { readonly ifRunning?: IfRunning } = ifRunning === undefined ? {} : { ifRunning }
  const secrets = Object.fromEntries(secretsAmong(request, built.plan).map((name) => [name, request.params[name]]))
  const headers = commandId === undefined ? {} : { "idempotency-key": commandId }
  // Who names no command goes on with what was interrupted.
  const continues = commandId === undefined ? { continues: true } : {}
  const asked =
    resume === undefined
      ? { path: "/api/v1/runs", body: { ...request, ...waits, ...continues, typed: typedFor(session.typed) } }
      : {
          path: `/api/v1/runs/${resume.run}/retry`,
          body: { stages: resume.stages, reason: resume.reason, params: secrets, ...waits }
        }
  return await askToBegin(remote, { headers, ...asked })
}

const nothingPast: Past = { history: new Map(), earlier: new Map() }
/** What earlier runs say about the stages. */
const pastOf = ({ home, stateUrl }: Session, plan: RunPlan) =>
  perform(readPast(plan).pipe(Effect.provide(layerRecords({ home, stateUrl })), Effect.scoped))

/** A run in the hands of a server, and what is asked of it from here. */
class Served {
  private readonly session: Session
  private readonly remote: Remote
  private readonly renderer: Renderer
  private readonly guard: Guard
  run: string | undefined
  private wish: string | undefined

  constructor(session: Session, remote: Remote, shown: { readonly renderer: Renderer; readonly guard: Guard }) {
    this.session = session
    this.remote = remote
    this.renderer = shown.renderer
    this.guard = shown.guard
  }
  order(what: "cancel" | "pause" | "resume", reason: string): void {
    order(this.remote, this.run ?? "", { what, reason, say: (line) => this.renderer.say(line) })
  }
  began(run: string): void {
    this.run = run
    if (this.wish !== undefined) this.order("cancel", this.wish)
  }
  readonly leave = (): never => {
    this.renderer.stop()
    const what =
      this.run === undefined ? "" : ` run ${this.run} is the server's: \`tetra show ${this.run}\` says what became of it`
    this.guard.err.write(`${note(`left at once;${what}`)}\n`)
    return this.guard.exit(exitCodes.interrupted)
  }
  /** The first signal cancels, as in a process of its own; what comes before the run has begun counts when it has. */
  readonly signalled = (signal: Signal): void => {
    this.renderer.say(note(`${nameOf(signal)}: stopping, what is finished is kept (again to leave at once)`))
    if (this.run === undefined) this.wish = nameOf(signal)
    else this.order("cancel", nameOf(signal))
    setTimeout(this.leave, longestGraceMs(this.session) + forceAfterMs).unref()
  }
}
const goesOn = (run: string): string =>
  `run ${run} goes on in the server; \`tetra ui\` shows it, \`tetra logs --run ${run} --follow\` tells it, \`tetra cancel ${run}\` stops it`

/** Why a run that has not ended is followed no longer. */
const unfollowed = (run: string, how: "gone" | "left"): Refusal =>
  how === "left"
    ? new Refusal(`detached: ${goesOn(run)}`, { code: exitCodes.completed })
    : new Refusal(goneText(run), {
        code: exitCodes.failed,
        hint: `\`tetra start\` goes on with it, \`tetra run --resume ${run} --standalone\` does so in this terminal`
      })

/** Lets the server run what the session asks for. */
export const runServed = async (
  session: Session,
  request: RunRequest,
  remote: Remote,
  patience = usualPatience
): Promise<Ended> => {
  const { board, built } = session
  // What another machine has recorded cannot be read from here.
  const past = remote._tag === "Http" ? nothingPast : await pastOf(session, built.plan)
  const reader = await readerOf(session)
  const secrets = worthHiding(built.secrets)
  const guard = guardRun(
    (text) => renderer.say(oneLine(scrub(text, secrets))),
    (error) => renderer.say(scrub(faultLine(error), secrets))
  )
  const control: Control = {
    cancel: () => served.order("cancel", "dashboard"),
    interrupt
  }
  const renderer = rendererOf(session, past, guard, control, reader)
  board?.inServer()
  const served = new Served(session, remote, { renderer, guard })
  const ignore = onSignals(served.signalled, served.leave)
  try {
    const { after, bytes, created, notes, resumed, run } = await begin(session, request, remote)
    for (const line of notes) renderer.say(note(oneLine(line)))
    let isKnown = created === false && !resumed && session.commandId !== undefined
    const caughtUp = (): void => {
      if (isKnown) renderer.say(note(`run ${run} was asked for by this command before: following it, nothing runs here`))
      isKnown = false
    }
    served.began(run)
    const log = logFileOf(session.home, run)
    const left = (detach: () => void): void =>
      board?.began(log, {
        ...control,
        pause: () => served.order("pause", "dashboard"),
        resume: () => served.order("resume", "dashboard"),
        detach
      })
    const { home } = session
    const how = await followServed({ remote, home, run, after, bytes, show: renderer, patience, caughtUp, left })
    if (how !== "ended") {
      renderer.stop()
      throw unfollowed(run, how)
    }
    caughtUp()
    ignore()
    const next = board === undefined ? undefined : await board.ended()
    const model = renderer.stop()
    return { code: isEnded(model.status) ? codeOf(model) : exitCodes.failed, model, log, next }
  } finally {
    ignore()
    renderer.stop()
    guard.release()
  }
}
/** Begins the run and leaves it to the server. */
export const detach = async (session: Session, request: RunRequest, remote: Remote): Promise<void> => {
  const { notes, run } = await begin(session, request, remote)
  for (const line of notes) warn(oneLine(line))
  print([goesOn(run)])
}
