import { readDaemonState } from "@tetra/daemon/lifecycle"
import type { DaemonBody } from "@tetra/daemon/server"
import { ask } from "./client.ts"
import { socketAt } from "./remoteFor.ts"

/** How the daemon of a data folder stands, and what it says about itself when it answers. */
export const daemonHere = async (home: string) => {
  const socket = socketAt(home)
  const state = await readDaemonState(home, socket)
  if (state !== "running") return { state, daemon: undefined }
  // It may end while it is asked.
  const asked = ask<DaemonBody>({ _tag: "Socket", path: socket }, { method: "GET", path: "/api/v1/daemon" })
  return { state, daemon: await asked.catch(() => undefined) }
}
