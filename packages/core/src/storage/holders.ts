/** Who holds a lease, and whether that still counts. */
import { hostname } from "node:os"
import type { Owner } from "../domain/RunEvent.ts"
import type { Holder } from "../execution/ports/Leases.ts"
import { recordedJson } from "./recorded.ts"
import type { Row } from "./rows.ts"

/** A lease ends this long after it was taken or renewed, in milliseconds. Owners renew at a third of it or sooner. */
export const leaseMs = 60_000

/**
 * True when the owner surely runs no more: its process is gone from this host. A process id that somebody else has got
 * since does not fool it for long: such a lease is not renewed and runs out.
 */
const isGone = (owner: Owner): boolean => {
  if (owner.host !== hostname()) return false
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "ESRCH" // EPERM: alive, of another user
  }
}

export const toHolder = (row: Row): Holder => {
  const detail = recordedJson<{ owner: Owner; run?: string; since: number }>(row["detail"])
  return { owner: detail.owner, run: detail.run, since: detail.since, expiresAt: Number(row["expires_at"]) }
}
/** The same owner and run may take a lease again; two runs of one process may not share it. */
export const blocks = (holder: Holder, owner: Owner, run: string, now: number): boolean =>
  !(holder.owner.id === owner.id && holder.run === run) && holder.expiresAt > now && !isGone(holder.owner)
