/** `tetra dev`: the dashboard, or lines, and whatever is saved of the configuration and the local plugins is in force at once. */
import { existsSync } from "node:fs"
import process from "node:process"
import { type Project, planRun, type RunRequest } from "@tetra/core/engine"
import type { Problem } from "@tetra/tui"
import type { Developing } from "../dashboard/BoardOptions.ts"
import { affectedBy } from "../dev/affectedBy.ts"
import { beginAnew } from "../dev/anew.ts"
import { firstProject } from "../dev/firstProject.ts"
import { developInLines } from "../dev/lines.ts"
import { watchOptions } from "../dev/watchOptions.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { lookOf } from "../output/plain/look.ts"
import { plannedSession } from "../plannedSession.ts"
import type { Call } from "../program.ts"
import { locate } from "../project/locate.ts"
import { flag, loadHere, storePlaceOf, text } from "../project/open.ts"
import { problemLines } from "../reload/problemLines.ts"
import { shownFile } from "../reload/places.ts"
import { typeCheck } from "../reload/typeErrors.ts"
import { perform } from "../runtime.ts"
import { runSession } from "../session.ts"
import { onSignals } from "../signals.ts"
import { keepUp } from "../upkeep.ts"
import { explain } from "../explain.ts"
import { outputOf } from "./run.ts"

interface Dev {
  readonly call: Call
  readonly configFile: string
  readonly root: string
  readonly read: () => Promise<Project>
  /** What `--run` asks for. */
  readonly request: RunRequest | undefined
  /** Of what `--run` asks for, the pipelines that have to run now; all of them when the last run did not complete. */
  readonly affected: (before: Project, after: Project, isBroken: boolean) => Promise<ReadonlyArray<string>>
}
const devOf = (call: Call): Dev => {
  const { configFile, root } = locate(text(call, "config"), process.cwd(), process.env)
  if (configFile === undefined)
    throw new Refusal(`there is no Tetra project in ${process.cwd()} or above it`, {
      hint: "make one with `tetra init`, or name a configuration with --config"
    })
  const mode = text(call, "run")
  const request = mode === undefined ? undefined : { mode, params: {} }
  return {
    call,
    configFile,
    root,
    read: async () => {
      if (!existsSync(configFile)) throw new Refusal(`${shownFile(configFile)} is gone: it is read again when it is back`)
      return await loadHere(call, configFile)
    },
    request,
    affected: async (before, after, isBroken) => {
      if (request === undefined) return []
      const among = (await perform(planRun(after, request))).plan.pipelines.map(({ name }) => name)
      return isBroken ? among : affectedBy(before, after, { among, mode }).map(({ pipeline }) => pipeline)
    }
  }
}
const inLines = async (dev: Dev, detail: "quiet" | "normal" | "verbose"): Promise<ExitCode> => {
  const { request } = dev
  const run = async (project: Project, only: ReadonlyArray<string> | undefined): Promise<boolean> => {
    try {
      const asked: RunRequest = { ...(request ?? { params: {} }), ...(only === undefined ? {} : { pipelines: only }) }
      const typed = `tetra run --mode ${request?.mode ?? ""}`
      const session = await plannedSession({ project, request: asked, standalone: true, typed, output: "plain", detail })
      const { code } = await runSession(session)
      await keepUp(project)
      return code === exitCodes.completed
    } catch (error) {
      explain(error)
      return false
    }
  }
  return await developInLines({ ...dev, run, look: lookOf(process.stdout, process.env), withFrames: detail !== "quiet" })
}
const onBoard = async (dev: Dev, detail: "quiet" | "normal" | "verbose"): Promise<ExitCode> => {
  const { call, request } = dev
  const ignore = onSignals(
    () => process.exit(exitCodes.interrupted),
    () => undefined
  )
  const look = lookOf(process.stderr, process.env)
  const refused = (problems: ReadonlyArray<Problem>): void => {
    const next = "the dashboard opens when this is mended and saved (Ctrl-C leaves)"
    process.stderr.write([...problemLines(problems, look, "failed"), next, ""].join("\n"))
  }
  const { close, project } = await firstProject({ ...dev, refused })
  // The dashboard watches by itself, and looks at what was saved meanwhile.
  close()
  ignore()
  const [{ beginOnBoard, showOnBoard }, { displayOf }, { recorded }] = await Promise.all([
    import("../dashboard/runOnBoard.ts"),
    import("../dashboard/display.ts"),
    import("../dashboard/desk.ts")
  ])
  const line = request === undefined ? "tetra run" : `tetra run --mode ${request.mode ?? ""}`
  const developing = (told: (errors: ReadonlyArray<Problem>) => void): Developing => ({
    watch: watchOptions,
    check: typeCheck(dev.root, told),
    affected: dev.affected
  })
  const board = {
    project,
    reload: dev.read,
    developing,
    request: request ?? { params: {} },
    line,
    detail,
    display: displayOf(call, project),
    standalone: true,
    opening: undefined
  }
  if (request === undefined) return await showOnBoard(board, await recorded(storePlaceOf(project), "latest"))
  return await beginOnBoard(
    board,
    await plannedSession({ project, request, standalone: true, typed: line, output: "tui", detail })
  )
}
export const handle = async (call: Call): Promise<ExitCode> => {
  beginAnew()
  const { detail, output } = outputOf(call)
  const dev = devOf(call)
  return output === "tui" ? await onBoard(dev, detail) : await inLines(dev, flag(call, "quiet") ? "quiet" : detail)
}
