/** The dashboard on a server: it shows and asks, and the runs are the server's. Leaving it does nothing to them. */
import { randomUUID } from "node:crypto"
import process from "node:process"
import type { Project, RunRequest } from "@tetra/core/engine"
import { answered, type Asked, askedText, type Attachment, isEnded, type Order } from "@tetra/tui/model"
import { Board, type Next } from "../dashboard/Board.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { oneLine } from "../output/plain/text.ts"
import { ask, type Remote } from "./client.ts"
import { Follower } from "./Follower.ts"

export interface AttachCall {
  readonly project: Project
  readonly remote: Remote
  /** What `r` asks for. */
  readonly request: RunRequest
  readonly line: string
  readonly run: string | undefined
  readonly readOnly: boolean
  readonly detail: "quiet" | "normal" | "verbose"
}
const linkOf = ({ lostAt, state }: Attachment) =>
  ({ _tag: "Attached", state, lostAt, ageMs: lostAt === undefined ? 0 : Date.now() - lostAt }) as const

/** What is asked of the server, one thing at a time, told as it goes: sent, accepted, applied or refused. */
class Orders {
  private readonly remote: Remote
  private readonly board: Board
  private latest: Asked | undefined

  constructor(remote: Remote, board: Board) {
    this.remote = remote
    this.board = board
  }
  private tell(asked: Asked): void {
    this.latest = asked
    this.board.say(askedText(asked), asked.state === "refused" ? "bad" : asked.state === "applied" ? "good" : "plain")
  }
  see(event: Parameters<typeof answered>[1]): void {
    if (this.latest === undefined) return
    const next = answered(this.latest, event)
    if (next !== this.latest) this.tell(next)
  }
  /** Answers the run; undefined when it was refused. */
  async send(order: Order, run: string | undefined, body: unknown): Promise<string | undefined> {
    const key = randomUUID()
    this.tell({ key, order, run, state: "sent", reason: undefined })
    const path = run === undefined ? "/api/v1/runs" : `/api/v1/runs/${run}/${order}`
    try {
      const headers = { "idempotency-key": key }
      const answer = await ask<{ readonly run: string }>(this.remote, { method: "POST", path, headers, body })
      if (this.latest?.key === key && this.latest.state === "sent")
        this.tell({ key, order, run: answer.run, state: "accepted", reason: undefined })
      return answer.run
    } catch (error) {
      const reason = oneLine(error instanceof Error ? error.message : String(error))
      this.tell({ key, order, run, state: "refused", reason })
      return undefined
    }
  }
}

/** Shows the run of the server until the person leaves. */
export const attachBoard = async (call: AttachCall): Promise<ExitCode> => {
  const { detail, line, project, readOnly, remote, request } = call
  const board = new Board({ project, line, readOnly, detail })
  const orders = new Orders(remote, board)
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
      event: (event) => {
        board.see(event)
        orders.see(event)
      },
      note: (text) => board.say(text, "good"),
      newer: (run) => {
        if (follower.run === undefined || isEnded(board.status)) follower.turnTo(run)
        else board.say(`run ${run} began, too: 6 lists all`)
      }
    }
  })
  board.attach({ cancel: () => void orders.send("cancel", follower.run, {}), open: (run) => follower.turnTo(run) })
  board.open()
  stood({
    state: "connecting",
    run: call.run,
    cursor: { seq: 0, bytes: 0 },
    lostAt: undefined,
    tries: 0,
    caughtUp: 0,
    reason: undefined
  })
  const following = follower.follow()
  for (;;) {
    const next: Next = await board.next()
    if (next._tag === "Leave") break
    const run =
      next._tag === "Run"
        ? await orders.send("run", undefined, next.force ? { ...request, force: true } : request)
        : await orders.send("retry", next.run, {})
    if (run !== undefined && run !== follower.run) follower.turnTo(run)
  }
  follower.close()
  board.close()
  await following
  const status = board.status
  if (follower.run !== undefined && !isEnded(status))
    process.stdout.write(
      `detached: run ${follower.run} goes on in the server; \`tetra ui\` shows it again, \`tetra cancel ${follower.run}\` stops it\n`
    )
  return exitCodes.completed
}
