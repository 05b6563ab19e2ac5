/** Windows of a backfill in the server that owns the store: it runs them, this process follows. */
import { planRun, type WindowOutlook } from "@tetra/core/engine"
import { secretsAmong } from "@tetra/daemon/runs"
import { Effect } from "effect"
import type { Remote } from "../attach/client.ts"
import type { LiveEvent } from "../domain.ts"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { oneLine } from "../output/plain/text.ts"
import { askToBegin, type Begun, followServed, goneText, order, typedFor } from "../served/followServed.ts"
import { type Patience, usualPatience } from "../served/Patience.ts"
import { note } from "../session.ts"
import { nextAttempt, unfinished } from "./earlierAttempts.ts"
import { type Backfill, type Halt, type LiveWindow, NotBegun, windowRequest } from "./runWindows.ts"
import type { WindowShow } from "./show.ts"

/** The window as the server is asked for it: the run that goes on, or another one. */
const askedOf = ({ id, project, request: asked, typed }: Backfill, outlook: WindowOutlook) =>
  Effect.gen(function* () {
    const request = windowRequest(asked, outlook)
    const { plan } = yield* planRun(project, request)
    const earlier = yield* unfinished(outlook, plan)
    if (earlier !== undefined) {
      const params = Object.fromEntries(secretsAmong(request, plan).map((name) => [name, request.params[name]]))
      return { path: `/api/v1/runs/${earlier}/retry`, body: { reason: `backfill ${id} goes on`, params } }
    }
    const { lane: _lane, ...body } = request
    const backfill = { attempt: yield* nextAttempt(id, outlook) }
    return { path: "/api/v1/runs", body: { ...body, backfill, continues: true, typed: typedFor(typed) } }
  })
const notBegun = ({ code, hint, message }: Refusal): NotBegun =>
  new NotBegun({ halt: { code, reason: message, told: hint === undefined ? message : `${message}: ${hint}` } })
const begun = (remote: Remote, asked: { readonly path: string; readonly body: unknown }) =>
  Effect.tryPromise({ try: () => askToBegin(remote, asked), catch: (error) => error }).pipe(
    Effect.catch((error) => (error instanceof Refusal ? Effect.fail(notBegun(error)) : Effect.die(error)))
  )
/** What is said of runs that go on, or are being stopped, when somebody leaves at once. */
export const leftText = (runs: ReadonlyArray<string>): string =>
  ["left at once", ...runs.map((run) => `run ${run} is the server's: \`tetra show ${run}\` says what became of it`)].join("; ")
/** Without its server nothing is known of a run: it may go on when the next one starts. */
const goneWith = (run: string): Halt => ({
  code: exitCodes.failed,
  reason: goneText(run),
  told: "`tetra start` goes on with it, the same command with --standalone does so in this terminal"
})

const followed = async (
  { after, bytes, run }: Begun,
  where: { readonly remote: Remote; readonly home: string; readonly patience: Patience },
  show: WindowShow
) => {
  let end: Extract<LiveEvent, { readonly _tag: "RunEnded" }> | undefined
  const see = (event: LiveEvent): void => {
    if (event._tag === "RunEnded") end = event
    show.see(event)
  }
  const { recall, say } = show
  await followServed({ ...where, run, after, bytes, show: { see, recall, say } })
  if (end !== undefined) return { status: end.status, reason: end.reason }
  const halt = goneWith(run)
  return { status: "failed" as const, reason: halt.reason, halt }
}

export const beginServed =
  (backfill: Backfill, remote: Remote, patience = usualPatience) =>
  (outlook: WindowOutlook, show: WindowShow) =>
    Effect.gen(function* () {
      const began = yield* begun(remote, yield* askedOf(backfill, outlook))
      const { notes, run } = began
      for (const line of notes) show.say(note(oneLine(line)))
      const where = { remote, home: backfill.project.home, patience }
      return {
        run,
        cancel: (reason) => order(remote, run, { what: "cancel", reason, say: show.say }),
        ended: Effect.promise(() => followed(began, where, show))
      } satisfies LiveWindow
    })
