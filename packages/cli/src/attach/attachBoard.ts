/** The dashboard on a server: it shows and asks, and the runs are the server's. Leaving it does nothing to them. */
import type { Project, RunRequest } from "@tetra/core/engine"
import { holdHeap } from "@tetra/tui"
import { type Attachment, isEnded, unattached } from "@tetra/tui/model"
import { Board } from "../dashboard/Board.ts"
import type { Next } from "../dashboard/BoardOptions.ts"
import { Opening } from "../dashboard/Opening.ts"
import type { Display } from "../dashboard/display.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { oneLine } from "../output/plain/text.ts"
import { otherVersion } from "./otherVersion.ts"
import { ownVersion } from "../ownVersion.ts"
import { ask, type Remote } from "./client.ts"
import { remoteSource } from "./remoteSource.ts"
import { Follower } from "./Follower.ts"
import { print } from "../project/store.ts"

export interface AttachCall {
  readonly project: Project
  /** Reads the project anew, after its configuration was saved. */
  readonly reload: () => Promise<Project>
  readonly remote: Remote
  /** What `r` asks for. */
  readonly request: RunRequest
  readonly line: string
  readonly run: string | undefined
  readonly display: Display
  readonly detail: "quiet" | "normal" | "verbose"
  /** The screen, when it is open already. */
  readonly opening: Opening | undefined
}
const linkOf = ({ lostAt, state }: Attachment) =>
  ({ _tag: "Attached", state, lostAt, ageMs: lostAt === undefined ? 0 : Date.now() - lostAt }) as const

/** Asks the server for something, and tells what became of it. Answers the run; undefined when it was refused. */
const send = async (remote: Remote, board: Board, { body, key, path }: Wish): Promise<string | undefined> => {
  try {
    const headers = { "idempotency-key": key }
    const { run } = await ask<{ readonly run: string }>(remote, { method: "POST", path: `/api/v1/runs${path}`, headers, body })
    board.accept(key)
    return run
  } catch (error) {
    board.refuse(key, oneLine(error instanceof Error ? error.message : String(error)))
    return undefined
  }
}
interface Wish {
  /** Under `/api/v1/runs`. */
  readonly path: string
  readonly body: unknown
  /** Sent twice it counts once. */
  readonly key: string
}
const wishOf = (next: Exclude<Next, { readonly _tag: "Leave" }>, request: RunRequest): Wish =>
  next._tag === "Run"
    ? { path: "", body: next.force ? { ...request, force: true } : request, key: next.key }
    : { path: `/${next.run}/retry`, body: { stages: next.stages }, key: next.key }

/** What another version shows may not be what this one understands. */
const sayOtherVersion = async (remote: Remote, board: Board): Promise<void> => {
  const asked = ask<{ readonly version: string }>(remote, { method: "GET", path: "/health/live" })
  const { version } = await asked.catch(() => ({ version: ownVersion() }))
  const other = otherVersion(version)
  if (other !== undefined) board.say(`the server is another: ${other}`, "warn")
}
/** Shows the run of the server until the person leaves. */
export const attachBoard = async (call: AttachCall): Promise<ExitCode> => {
  const { detail, display, line, opening, project, reload, remote, request } = call
  const board = new Board({ project, reload, request, line, display, detail, shell: Opening.shellOf(opening) })
  let stands: Attachment | undefined
  const stood = (attachment: Attachment): void => {
    stands = attachment
    board.link(linkOf(attachment))
  }
  const follower: Follower = new Follower({
    remote,
    run: call.run,
    told: {
      stood,
      cleared: (logPath) => {
        board.follow(new Map())
        if (logPath !== undefined) board.log(logPath)
        if (stands !== undefined) board.link(linkOf(stands))
      },
      event: (event) => board.see(event),
      note: (text) => board.say(text, "good"),
      newer: (run) => {
        if (follower.run === undefined || isEnded(board.status)) follower.turnTo(run)
        else board.say(`run ${run} began, too: 6 lists all`)
      }
    }
  })
  const turnTo = async (next: Exclude<Next, { readonly _tag: "Leave" }>): Promise<void> => {
    const run = await send(remote, board, wishOf(next, request))
    if (run !== undefined && run !== follower.run) follower.turnTo(run)
  }
  board.attach({
    source: remoteSource(remote),
    order: (what, key) => void send(remote, board, { path: `/${follower.run ?? ""}/${what}`, body: {}, key }),
    open: (run) => follower.turnTo(run)
  })
  stood(unattached(call.run))
  void sayOtherVersion(remote, board)
  holdHeap()
  board.open()
  const following = follower.follow()
  for (;;) {
    const next: Next = await board.next()
    if (next._tag === "Leave") break
    // The person may leave before the server answers.
    void turnTo(next)
  }
  follower.close()
  board.close()
  await following
  const status = board.status
  if (follower.run !== undefined && !isEnded(status))
    print([
      `detached: run ${follower.run} goes on in the server; \`tetra ui\` shows it again, \`tetra cancel ${follower.run}\` stops it`
    ])
  return exitCodes.completed
}
