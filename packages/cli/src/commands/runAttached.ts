/** `tetra run --attach`: a server runs it, and it is followed from here: on the dashboard, as lines or as JSON. */
import { randomUUID } from "node:crypto"
import process from "node:process"
import type { Project, RunRequest } from "@tetra/core/engine"
import { Follower } from "../attach/Follower.ts"
import { ask, type Remote } from "../attach/client.ts"
import { remoteAt, remoteOf } from "../attach/remoteFor.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { jsonRenderer } from "../output/JsonRenderer.ts"
import { isLive, lookOf } from "../output/plain/look.ts"
import { plainRenderer } from "../output/plain/PlainRenderer.ts"
import type { Renderer } from "../output/Renderer.ts"
import type { Call } from "../program.ts"
import { flag, openProject, text } from "../project/open.ts"
import { closing, codeOf, type Session } from "../session.ts"
import { onSignals } from "../signals.ts"

export interface Attached extends Pick<Session, "output" | "detail" | "typed"> {
  readonly project: Project
  readonly request: RunRequest
}
/** Options that only a run of this process has, with what does the same. */
const elsewhere = {
  dryRun: "leave --attach away: nothing runs",
  resume: "`tetra retry RUN`",
  ifRunning: "`tetra run` without --attach"
}

const serverOf = async (call: Call, home: string): Promise<Remote> => {
  for (const [name, instead] of Object.entries(elsewhere))
    if (flag(call, name) || text(call, name) !== undefined)
      throw new Refusal(`--attach does not go with --${name.replaceAll(/[A-Z]/gu, (one) => `-${one.toLowerCase()}`)}`, {
        hint: instead
      })
  const named = text(call, "attach")
  const remote = named === undefined ? await remoteOf(home) : remoteAt(named)
  if (remote !== undefined) return remote
  throw new Refusal("no server answers for this project", {
    code: exitCodes.notRun,
    hint: "`tetra start` starts one, `tetra run` without --attach runs here"
  })
}
const rendererOf = ({ detail, output }: Attached): Renderer =>
  output === "json"
    ? jsonRenderer(process.stdout, process.stderr)
    : plainRenderer(process.stderr, {
        look: () => lookOf(process.stderr, process.env),
        live: isLive(process.stderr, process.env),
        detail,
        history: new Map()
      })
/** Tells the run until it is over, or until the person leaves it alone. */
const followed = async (remote: Remote, run: string, attached: Attached): Promise<ExitCode> => {
  const renderer = rendererOf(attached)
  const follower: Follower = new Follower({
    remote,
    run,
    told: {
      stood: ({ reason, state }) =>
        state === "down" ? renderer.say(`the server does not answer (${reason ?? ""}): trying again`) : undefined,
      cleared: () => undefined,
      event: (event) => {
        renderer.see(event)
        if (event._tag === "RunEnded") follower.close()
      },
      note: (note) => renderer.say(note),
      newer: () => undefined
    }
  })
  let hasLeft = false
  const ignore = onSignals(
    () => {
      hasLeft = true
      follower.close()
    },
    () => process.exit(exitCodes.interrupted)
  )
  await follower.follow()
  ignore()
  const model = renderer.stop()
  if (hasLeft) {
    process.stderr.write(`left: run ${run} goes on in the server; \`tetra ui\` shows it, \`tetra cancel ${run}\` stops it\n`)
    return exitCodes.interrupted
  }
  const { project, ...how } = attached
  const stream = how.output === "json" ? process.stderr : process.stdout
  stream.write(`${closing({ ...how, home: project.home }, model, `tetra logs --run ${run}`).join("\n")}\n`)
  return codeOf(model)
}
export const runAttached = async (call: Call, attached: Attached): Promise<ExitCode> => {
  const { detail, project, request, typed } = attached
  const remote = await serverOf(call, project.home)
  const headers = { "idempotency-key": text(call, "commandId") ?? randomUUID() }
  const { run } = await ask<{ readonly run: string }>(remote, { method: "POST", path: "/api/v1/runs", headers, body: request })
  if (attached.output !== "tui") return await followed(remote, run, attached)
  const [{ attachBoard }, { displayOf }] = await Promise.all([
    import("../attach/attachBoard.ts"),
    import("../dashboard/display.ts")
  ])
  const display = displayOf(call, project)
  const { opening } = call
  return await attachBoard({
    project,
    reload: () => openProject(call),
    remote,
    request,
    line: typed,
    run,
    display,
    detail,
    opening
  })
}
