/** Who holds a lease, and whether that still counts. */
import { hostname } from "node:os"
import type { Owner } from "../domain/RunEvent.ts"
import { isProcessGone } from "../execution/owners.ts"
import type { Holder } from "../execution/ports/Leases.ts"
import { recordedJson } from "./recorded.ts"
import type { Row } from "./rows.ts"

/** How long a lease lasts unless the layer says otherwise, in milliseconds. */
export const usualLeaseMs = 60_000

/** `since` and `expiresAt` are of the store's clock, `ownerSince` is what the owner's own said when it took the lease. */
export interface RecordedHolder extends Holder {
  readonly ownerSince: number
}
/** A process is compared with the clock of its own host only. */
const isGone = ({ owner, ownerSince }: RecordedHolder): boolean => owner.host === hostname() && isProcessGone(owner, ownerSince)

export const toHolder = (row: Row): RecordedHolder => {
  const detail = recordedJson<{ owner: Owner; run?: string; since: number; ownerSince?: number }>(row["detail"])
  const { owner, ownerSince, run, since } = detail
  return { owner, run, since, ownerSince: ownerSince ?? since, expiresAt: Number(row["expires_at"]) }
}
export const stillHolds = (holder: RecordedHolder, now: number): boolean => holder.expiresAt > now && !isGone(holder)
/** The same owner and run may take a lease again; two runs of one process may not share it. */
export const blocks = (holder: RecordedHolder, owner: Owner, run: string, now: number): boolean =>
  !(holder.owner.id === owner.id && holder.run === run) && stillHolds(holder, now)
