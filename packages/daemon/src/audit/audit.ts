/** Who changed what, and what came of it. Each entry holds the hash of the one before: one that was changed or taken out afterwards is found. */
import { createHash } from "node:crypto"
import { canonicalJson, type Json, type Ledger, type StoreError } from "@tetra/core/engine"
import { Effect, Schema } from "effect"
import { collection, commit, type Kept } from "../Collection.ts"

const fields = {
  seq: Schema.Finite,
  /** The user of a socket or a terminal, or `token NAME`. */
  actor: Schema.String,
  via: Schema.Literals(["socket", "http", "cli", "daemon"]),
  /** What was done, as `POST /api/v1/runs` or `schedule pause`. */
  action: Schema.String,
  /** What it was done to: a run, a schedule, a token; empty where the action says it. */
  target: Schema.String,
  /** What was asked for, without anything that could be a secret. */
  params: Schema.Unknown,
  /** `ok`, `refused` or `failed`, and the status of an answer. */
  result: Schema.String,
  request_id: Schema.String,
  prev: Schema.String
}
const Entry = Schema.Struct({ ...fields, hash: Schema.String })
export type AuditEntry = typeof Entry.Type
/** By sequence number, from 1. */
export const auditLog = collection("audit", Entry as unknown as Schema.Codec<AuditEntry, Json>)

/** What stands before the first entry. */
const beginning = "0".repeat(64)
const keyOf = (seq: number): string => String(seq).padStart(12, "0")
const hashOf = (at: number, entry: AuditEntry): string =>
  createHash("sha256")
    .update(canonicalJson({ ...entry, hash: "", at } as Json))
    .digest("hex")

export type Deed = Omit<AuditEntry, "seq" | "prev" | "hash">
/** How often an entry is tried again when somebody else wrote one at the same moment. */
const mostTries = 20

/** Adds an entry, durable when it answers. `now`: epoch milliseconds; an entry is never older than the one before it. */
export const audit = (deed: Deed, now: number): Effect.Effect<AuditEntry, StoreError, Ledger> =>
  Effect.gen(function* () {
    const [last] = yield* auditLog.list({ newestFirst: true, limit: 1 })
    const at = Math.max(now, last?.at ?? 0)
    const seq = (last?.body.seq ?? 0) + 1
    const open = { ...deed, seq, prev: last?.body.hash ?? beginning, hash: "" }
    const entry: AuditEntry = { ...open, hash: hashOf(at, open) }
    yield* commit(auditLog.put({ key: keyOf(seq), at, body: entry }, 0))
    return entry
  }).pipe(
    Effect.retry({ times: mostTries, while: (error) => error._tag === "LedgerConflict" }),
    Effect.catchTag("LedgerConflict", (error) => Effect.die(error))
  )
/** The first entry that does not follow from the one before it; undefined when all do. Entries in their order; the first may be any. */
export const brokenLink = (entries: ReadonlyArray<Pick<Kept<AuditEntry>, "at" | "body">>): number | undefined => {
  let before: AuditEntry | undefined
  for (const { at, body } of entries) {
    const isNext = before === undefined || (body.prev === before.hash && body.seq === before.seq + 1)
    if (!isNext || body.hash !== hashOf(at, body)) return body.seq
    before = body
  }
  return undefined
}

/** Fields of a request whose values say what was asked and can hold no secret. */
const plainFields: ReadonlySet<string> = new Set(
  (
    "mode pipelines force startDate endDate days stages now timeout_seconds name scope expires_days seed priority " +
    "logical_date duration channel version number pipeline olderThan yes"
  ).split(" ")
)
/** Of a text that is written down, in characters. */
const longestText = 200
/** No store refuses such a text. */
const isWritable = (text: string): boolean => text.length <= longestText && text.isWellFormed() && !text.includes("\0")
const isPlain = (value: Json): boolean =>
  typeof value === "string" ? isWritable(value) : value === null || typeof value !== "object"
/** Fields of an entry, and what their names look like: others are left away. */
const mostFields = 50
const isName = (text: string): boolean => /^[\w.-]{1,64}$/u.test(text)
/** Texts, numbers and lists of them; whatever is deeper, or longer, was meant for something else. */
const shown = (value: Json): Json => ((Array.isArray(value) ? value.every(isPlain) : isPlain(value)) ? value : "<redacted>")
/** The top of a request body, with every value hidden that may be secret. */
export const plainParams = (text: string): Json => {
  if (text === "") return {}
  try {
    const body = JSON.parse(text) as Json
    if (body === null || typeof body !== "object" || Array.isArray(body)) return {}
    return Object.fromEntries(
      Object.entries(body)
        .filter(([name]) => isName(name))
        .slice(0, mostFields)
        .map(([name, value]: [string, Json]) => [name, plainFields.has(name) ? shown(value) : "<redacted>"])
    )
  } catch {
    return {}
  }
}
