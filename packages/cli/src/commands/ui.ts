/** `tetra ui`: the dashboard on the server of the project when there is one, else on recorded runs, where `r` starts one in this process. */
import process from "node:process"
import type { RunRequest } from "@tetra/core/engine"
import { requestOfRecord } from "@tetra/daemon/runs"
import type { Remote } from "../attach/client.ts"
import { remoteAt, remoteOf } from "../attach/remoteFor.ts"
import { whyNot } from "../dashboard/canShow.ts"
import { recorded, type Recorded } from "../dashboard/desk.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { flag, openProject, storePlaceOf, text } from "../project/open.ts"

/** What `r` asks for: the mode that was named, else the same as the shown run, else the first mode. */
const requestFor = (call: Call, shown: Recorded | undefined): RunRequest => {
  const mode = text(call, "mode")
  if (mode !== undefined) return { mode, params: {} }
  const first = shown?.events[0]
  const same = first?._tag === "RunRequested" ? requestOfRecord(first.params) : undefined
  return same ?? { params: {} }
}
const lineFor = (request: RunRequest): string =>
  request.mode !== undefined
    ? `tetra run --mode ${request.mode}`
    : ["tetra run", ...(request.pipelines ?? []).map((name) => `--pipeline ${name}`)].join(" ")

/** The server to attach to: the one that is named, else the one of this project when it answers and nothing recorded was asked for. */
const remoteFor = async (call: Call, home: string): Promise<Remote | undefined> => {
  const named = text(call, "attach")
  if (named !== undefined) return remoteAt(named)
  return flag(call, "standalone") || text(call, "replay") !== undefined ? undefined : await remoteOf(home)
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const reason = whyNot(process.stdin, process.stdout, process.env)
  if (reason !== undefined)
    throw new Refusal(`the dashboard cannot be shown: ${reason}`, {
      code: exitCodes.usage,
      hint: "`tetra history`, `tetra show` and `tetra logs` say the same in lines"
    })
  const project = await openProject(call)
  const remote = await remoteFor(call, project.home)
  const detail = flag(call, "verbose") ? "verbose" : "normal"
  const { displayOf } = await import("../dashboard/display.ts")
  const display = displayOf(call, project)
  if (remote !== undefined) {
    const { attachBoard } = await import("../attach/attachBoard.ts")
    const request = requestFor(call, undefined)
    return await attachBoard({
      project,
      reload: () => openProject(call),
      remote,
      request,
      line: lineFor(request),
      run: undefined,
      display,
      detail,
      opening: call.opening
    })
  }
  const id = text(call, "replay") ?? "latest"
  const shown = await recorded(storePlaceOf(project), id)
  if (shown === undefined && id !== "latest")
    throw new Refusal(`there is no run "${id}"`, {
      hint: "`tetra history` lists them; the beginning of an id is enough when only one run has it"
    })
  const request = requestFor(call, shown)
  const { showOnBoard } = await import("../dashboard/runOnBoard.ts")
  const { opening } = call
  return await showOnBoard(
    { project, reload: () => openProject(call), request, line: lineFor(request), detail, display, opening },
    shown
  )
}
