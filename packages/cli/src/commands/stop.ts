/** `tetra stop`: the server ends; what runs may finish, and what is not finished goes on at the next start. */
import process from "node:process"
import type { BlockedNote } from "@tetra/core/engine"
import { blockedRefusal, blockedServer, blockedServerText } from "../attach/blockedServer.ts"
import { ask, type Remote } from "../attach/client.ts"
import { socketAt } from "../attach/remoteFor.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import type { Call } from "../program.ts"
import { tell } from "../project/asking.ts"
import { flag, locationOf, number } from "../project/open.ts"
import { standingOf } from "@tetra/daemon/lifecycle"

const lookEveryMs = 100

/** It hears nothing: only its end stops it. */
const endBlocked = async (note: BlockedNote, path: string, isNow: boolean): Promise<ExitCode> => {
  if (!isNow) throw blockedRefusal(note)
  process.kill(note.pid, "SIGKILL")
  while ((await standingOf(path)) === "answers") await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  tell(`stopped: ${blockedServerText(note)}; its process was ended, and what it ran goes on at the next \`tetra start\``)
  return exitCodes.completed
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const { home } = locationOf(call)
  const path = socketAt(home)
  if ((await standingOf(path)) !== "answers") {
    tell("no server is running here")
    return exitCodes.notRun
  }
  const blocked = blockedServer(home)
  if (blocked !== undefined) return await endBlocked(blocked, path, flag(call, "now"))
  const within = number(call, "timeout")
  const remote: Remote = { _tag: "Socket", path }
  const { running } = await ask<{ readonly running: ReadonlyArray<string> }>(remote, {
    method: "POST",
    path: "/api/v1/daemon/stop",
    body: { now: flag(call, "now"), ...(within === undefined ? {} : { timeout_seconds: within }) }
  })
  if (running.length > 0 && !flag(call, "now"))
    tell(`waiting for ${running.join(", ")}; \`tetra stop --now\` stops at once, and the next start goes on`)
  while ((await standingOf(path)) === "answers") await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  tell("stopped")
  return exitCodes.completed
}
