/** How long somebody waits for a server that is gone in the middle of a run. */
import { readDaemonState } from "@tetra/daemon/lifecycle"
import type { Remote } from "../attach/client.ts"

/** Milliseconds. `gone`: its process is; a service manager may start another. `silent`: it is there, or cannot be looked at. */
export interface Patience {
  readonly gone: number
  readonly silent: number
}
export const usualPatience: Patience = { gone: 15_000, silent: 90_000 }

/** Whether it is time to leave, `forMs` after the link was lost. */
export const isOver = async (remote: Remote, home: string, forMs: number, { gone, silent }: Patience): Promise<boolean> => {
  if (forMs < gone) return false
  if (forMs >= silent || remote._tag === "Http") return forMs >= silent
  const state = await readDaemonState(home, remote.path)
  return state === "stale" || state === "stopped"
}
