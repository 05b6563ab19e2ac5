import { readDaemonState, readNote } from "@tetra/daemon/lifecycle"
import type { DaemonBody } from "@tetra/daemon/server"
import { blockedServer, blockedServerText } from "./blockedServer.ts"
import { ask } from "./client.ts"
import { socketAt } from "./remoteFor.ts"

/** Longest that its answer is waited for, in milliseconds: one that stands still is known to by then. */
const answerMs = 12_000
/** It is there, and why it says nothing. */
const still = (home: string) => {
  const blocked = blockedServer(home)
  return blocked === undefined
    ? undefined
    : { state: "unreachable" as const, daemon: undefined, ended: undefined, blocked: blockedServerText(blocked) }
}
/** How the daemon of a data folder stands, and what it says about itself when it answers; `ended`: why it ended itself, `blocked`: why it does not answer. */
export const daemonHere = async (home: string) => {
  const socket = socketAt(home)
  const state = await readDaemonState(home, socket)
  if (state !== "running") return { state, daemon: undefined, ended: readNote(home)?.ended?.why, blocked: undefined }
  const found = still(home)
  if (found !== undefined) return found
  // It may end while it is asked.
  const asked = ask<DaemonBody>(
    { _tag: "Socket", path: socket },
    { method: "GET", path: "/api/v1/daemon", signal: AbortSignal.timeout(answerMs) }
  )
  const daemon = await asked.catch(() => undefined)
  return (daemon === undefined ? still(home) : undefined) ?? { state, daemon, ended: undefined, blocked: undefined }
}
