/** What shows that an event is still the one that was written: decision 089. */
import process from "node:process"
import type { Row } from "./rows.ts"

/** An event as a store keeps it: `at` is epoch milliseconds, `payload` the JSON text. */
export interface Written {
  readonly run: string
  readonly seq: number
  readonly kind: string
  readonly v: number
  readonly epoch: number
  readonly at: number
  readonly payload: string
}
/** 132 bits in base64url: no two events of a store come to the same by chance. */
const digestLength = 22
/** Loaded with the first event that is written: commands that only look need no digests, and it takes longer than all else that they load. */
let loaded: typeof import("node:crypto") | undefined

/**
 * The digest of an event: SHA-256 over the digest of the event before it in its run (empty where there is none) and everything that is recorded
 * of the event, a line each. `orchestration.chained` in PostgreSQL is the same.
 */
export const digestOf = (before: string, { at, epoch, kind, payload, run, seq, v }: Written): string => {
  loaded ??= process.getBuiltinModule("node:crypto")
  return loaded
    .hash("sha256", `${before}\n${run}\n${seq}\n${kind}\n${v}\n${epoch}\n${at}\n${payload}`, "base64url")
    .slice(0, digestLength)
}

/** The event in a row of the log, as it was written. */
export const writtenIn = (row: Row): Written => ({
  run: String(row["run_id"]),
  seq: Number(row["run_seq"]),
  kind: String(row["kind"]),
  v: Number(row["v"]),
  epoch: Number(row["epoch"]),
  at: Math.round(Number(row["at"])),
  payload: String(row["payload"])
})
