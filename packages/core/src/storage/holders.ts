/** Who holds a lease, and whether that still counts. */
import { hostname } from "node:os"
import type { Owner } from "../domain/RunEvent.ts"
import { isProcessGone } from "../execution/owners.ts"
import type { Holder } from "../execution/ports/Leases.ts"
import { recordedJson } from "./recorded.ts"
import type { Row } from "./rows.ts"

/** A lease ends this long after it was taken or renewed, in milliseconds. Owners renew at a third of it or sooner. */
export const leaseMs = 60_000

const isGone = ({ owner, since }: Holder): boolean => owner.host === hostname() && isProcessGone(owner.pid, since)

export const toHolder = (row: Row): Holder => {
  const detail = recordedJson<{ owner: Owner; run?: string; since: number }>(row["detail"])
  return { owner: detail.owner, run: detail.run, since: detail.since, expiresAt: Number(row["expires_at"]) }
}
/** The same owner and run may take a lease again; two runs of one process may not share it. */
export const blocks = (holder: Holder, owner: Owner, run: string, now: number): boolean =>
  !(holder.owner.id === owner.id && holder.run === run) && holder.expiresAt > now && !isGone(holder)
