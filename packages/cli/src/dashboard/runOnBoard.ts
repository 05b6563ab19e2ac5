/** Runs on the dashboard until the person leaves it: the first run, and whatever is asked for from there. */
import process from "node:process"
import type { Project, RunRequest } from "@tetra/core/engine"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { explain } from "../explain.ts"
import { oneLine } from "../output/plain/text.ts"
import { plannedSession } from "../plannedSession.ts"
import { closing, runSession, type Session } from "../session.ts"
import { Board } from "./Board.ts"
import type { BoardOptions, Next } from "./BoardOptions.ts"
import type { Recorded } from "./desk.ts"
import type { Display } from "./display.ts"
import { Opening } from "./Opening.ts"
import { exitLines, linesPerStage } from "./exitLines.ts"
import { print } from "../project/store.ts"

export interface BoardCall extends Pick<BoardOptions, "developing"> {
  readonly project: Project
  /** Reads the project anew, after its configuration was saved. */
  readonly reload: () => Promise<Project>
  readonly request: RunRequest
  readonly line: string
  readonly detail: Session["detail"]
  readonly display: Display
  /** Runs stay in this process, whatever server there is. */
  readonly standalone?: boolean
  /** The screen, when it is open already. */
  readonly opening: Opening | undefined
}

const sessionOf = async (call: BoardCall, board: Board, next: Next): Promise<Session> => {
  const isForced = next._tag === "Run" && next.force
  const only = next._tag === "Run" && next.only !== undefined ? { pipelines: next.only } : {}
  const request: RunRequest = { ...call.request, ...(isForced ? { force: true } : {}), ...only }
  const line = next._tag === "Run" && next.only !== undefined ? `${call.line}: a save reached ${next.only.join(", ")}` : call.line
  return {
    ...(await plannedSession({
      ...call,
      project: board.project,
      request,
      output: "tui",
      typed: isForced && call.request.force !== true ? `${line} --force` : line
    })),
    resume: next._tag === "Retry" ? { run: next.run, reason: "asked on the dashboard", stages: next.stages } : undefined,
    board
  }
}
const messageOf = (error: unknown): string => oneLine(error instanceof Error ? error.message : String(error))

/** Runs, shows, and asks again, until the person leaves. `first`: what to begin with; a wait when it is a recorded run that is shown. */
const runOnBoard = async (call: BoardCall, first: Session | "wait", board: Board): Promise<ExitCode> => {
  let last: { readonly session: Session; readonly done: Awaited<ReturnType<typeof runSession>> } | undefined
  let session: Session | undefined = first === "wait" ? undefined : first
  let next: Next = { _tag: "Leave" }
  try {
    for (;;) {
      if (session !== undefined) {
        const done = await runSession({ ...session, board })
        last = { session, done }
        next = done.next ?? { _tag: "Leave" }
      } else next = await board.next()
      if (next._tag === "Leave") break
      session = undefined
      try {
        session = await sessionOf(call, board, next)
      } catch (error) {
        if (next._tag === "Run" && next.only !== undefined) board.say(messageOf(error), "bad")
        else board.refuse(next.key, messageOf(error))
      }
    }
  } catch (error) {
    board.close()
    return explain(error)
  }
  board.close()
  if (last === undefined) return board.isInterrupted ? exitCodes.interrupted : exitCodes.completed
  if (call.display.keepScreen) process.stdout.write(`${board.picture.join("\n")}\n`)
  const { log, model } = last.done
  const tailOf = (stage: string) => board.tailOf(stage, linesPerStage)
  print(exitLines(model, closing(last.session, model, log), tailOf))
  return last.done.code
}
const boardFor = ({ opening, ...options }: BoardCall): Board => new Board({ ...options, shell: Opening.shellOf(opening) })

/** Opens the dashboard on a run that begins now. */
export const beginOnBoard = async (call: BoardCall, session: Session): Promise<ExitCode> => {
  const board = boardFor(call)
  board.open(true)
  return await runOnBoard(call, session, board)
}
/** Opens the dashboard on a recorded run, as it ended; on nothing when there is none yet. */
export const showOnBoard = async (call: BoardCall, shown: Recorded | undefined): Promise<ExitCode> => {
  const board = boardFor(call)
  board.open()
  if (shown === undefined) board.say("nothing has run here yet: r starts a run")
  else board.show(shown)
  return await runOnBoard(call, "wait", board)
}
