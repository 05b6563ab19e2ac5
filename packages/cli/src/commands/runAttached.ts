/** `tetra run --attach` and `--detach`: what asks for a server by name, and does not go on without one. */
import { randomUUID } from "node:crypto"
import type { RunRequest } from "@tetra/core/engine"
import { ask, type Remote } from "../attach/client.ts"
import { remoteAt, remoteOf } from "../attach/remoteFor.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { flag, openProject, text } from "../project/open.ts"
import { serverFor } from "../served/serverFor.ts"
import type { Session } from "../session.ts"

const noServer = (): Refusal =>
  new Refusal("no server answers for this project", {
    code: exitCodes.notRun,
    hint: "`tetra start` starts one, `tetra run` without --attach and --detach runs here"
  })
/** The server that is meant by `--attach`. */
export const serverOf = async (call: Call, home: string): Promise<Remote> => {
  if (flag(call, "dryRun"))
    throw new Refusal("--attach does not go with --dry-run", { hint: "leave --attach away: nothing runs" })
  if (flag(call, "standalone")) throw new Refusal("--attach and --standalone exclude each other", { hint: "give one of them" })
  const named = text(call, "attach")
  const remote = named === undefined ? await remoteOf(home) : remoteAt(named)
  if (remote === undefined) throw noServer()
  return remote
}
/** Leaves the run to the server, as soon as it has begun. */
export const runDetached = async (session: Session, request: RunRequest): Promise<ExitCode> => {
  const { built, served } = session
  if (served === undefined) throw new Refusal("--detach and --standalone exclude each other", { hint: "give one of them" })
  if (session.ci?.junit !== undefined)
    throw new Refusal("--detach and --junit exclude each other: the report is written when the run is over", {
      hint: "leave --detach away, and the command waits for the end"
    })
  const remote = served.at ?? (await serverFor(built.project))
  if (remote === undefined) throw noServer()
  const { detach } = await import("../served/runServed.ts")
  await detach(session, request, remote)
  return exitCodes.completed
}
/** The dashboard on the server of another machine: it shows and asks, and what it shows is looked up there. */
export const attachedBoard = async (call: Call, session: Session, request: RunRequest, remote: Remote): Promise<ExitCode> => {
  const { built, commandId, detail, typed } = session
  const headers = { "idempotency-key": commandId ?? randomUUID() }
  const { run } = await ask<{ readonly run: string }>(remote, { method: "POST", path: "/api/v1/runs", headers, body: request })
  const [{ attachBoard }, { displayOf }] = await Promise.all([
    import("../attach/attachBoard.ts"),
    import("../dashboard/display.ts")
  ])
  const { project } = built
  const display = displayOf(call, project)
  const { opening } = call
  const reload = () => openProject(call)
  return await attachBoard({ project, reload, remote, request, line: typed, run, display, detail, opening })
}
