/** Checks of what is recorded, and of the server that records. */
import { join } from "node:path"
import { type RunRow, StateQueries, StoreError } from "@tetra/core/engine"
import { isEmbedded, layerStore } from "@tetra/core/storage"
import { type DaemonNote, type DaemonState, readDaemonState, readNote } from "@tetra/daemon/lifecycle"
import { orphansOf, orphanText } from "@tetra/daemon/runs"
import { Effect, Result } from "effect"
import { socketAt } from "../attach/remoteFor.ts"
import { many } from "../output/plain/amounts.ts"
import { hasStore, type StorePlace } from "../project/store.ts"
import { perform } from "../runtime.ts"
import { error, type Finding, ok, reasonOf, warning } from "./Finding.ts"

/** A run that began later than this after now was written under another clock. */
const mostAheadMs = 60_000

export interface Recorded {
  readonly last: RunRow | undefined
  readonly assets: number
  readonly open: ReadonlyArray<RunRow>
}
export const storeFindings = ({ assets, last, open }: Recorded, now: number): ReadonlyArray<Finding> => {
  const newest = last === undefined ? "no run" : `last run ${last.id}`
  const ahead = (last?.requestedAt ?? 0) - now
  return [
    ok("store", `${newest}, ${many(assets, "asset")}, ${many(open.length, "open run")}`),
    ...(ahead > mostAheadMs
      ? [
          warning(
            "clock",
            `the last run began ${Math.round(ahead / 60_000)} min in the future: the clock was set back`,
            "set the clock of this machine (timedatectl set-ntp true): ages and schedules go by it"
          )
        ]
      : []),
    ...orphansOf(open).map((run) => {
      const [found = "", , mend = ""] = orphanText(run).split("; ")
      return warning("runs", found, `${mend}, or \`tetra cancel ${run.id}\` gives it up`)
    })
  ]
}
/** Reasons that are no fault of what is recorded, which knows best what to do: to move it away would lose it. */
const whole: ReadonlyArray<unknown> = ["full", "locked", "newer", "unsynced"]
/** Why a store cannot be read, and what to do about it. */
export const unreadableFinding = (cause: unknown, { home, stateUrl }: StorePlace): Finding => {
  if (cause instanceof StoreError && whole.includes(cause.reason)) return error("store", cause.detail, cause.hint)
  const mend = isEmbedded(stateUrl)
    ? `\`tetra state verify\` says more; if it stays so, keep a copy of ${join(home, "state")} and move it away: a run makes a new one`
    : "check state.url, and that the database server runs"
  return error("store", reasonOf(cause), mend)
}
export const checkStore = async (place: StorePlace): Promise<ReadonlyArray<Finding>> => {
  if (!hasStore(place)) return [ok("store", "nothing is stored yet")]
  try {
    const recorded = Effect.gen(function* () {
      const queries = yield* StateQueries
      const [last] = yield* queries.runs({ limit: 1 })
      return { last, assets: (yield* queries.assets).length, open: yield* queries.runs({ open: true }) }
    })
    const looked = recorded.pipe(Effect.provide(layerStore({ ...place, readOnly: true })), Effect.scoped)
    const read = await perform(Effect.result(looked))
    return Result.isSuccess(read) ? storeFindings(read.success, Date.now()) : [unreadableFinding(read.failure, place)]
  } catch (cause) {
    return [unreadableFinding(cause, place)]
  }
}

/** `own`: the version of this command line. */
export const serverFindings = (
  state: DaemonState,
  note: Pick<DaemonNote, "pid" | "version" | "ended"> | undefined,
  own: string
): ReadonlyArray<Finding> => {
  if (note === undefined || state === "stopped") return []
  const server = `the server (process ${note.pid})`
  if (state === "stale")
    return [
      warning(
        "server",
        `${server} is gone, and did not stop${note.ended === undefined ? "" : `: ${note.ended.why}`}`,
        "`tetra start` takes over what it left; `tetra logs --daemon` says what it did last"
      )
    ]
  if (state === "unreachable")
    return [
      error(
        "server",
        `${server} is there and does not answer`,
        `\`tetra stop --now\`, then \`tetra start\`; else kill ${note.pid}`
      )
    ]
  return note.version === own
    ? [ok("server", `running, process ${note.pid}, ${note.version}`)]
    : [
        warning(
          "server",
          `${server} is version ${note.version}, this is ${own}`,
          "`tetra stop`, then `tetra start`: what runs goes on"
        )
      ]
}
export const checkServer = async (home: string, own: string): Promise<ReadonlyArray<Finding>> =>
  serverFindings(await readDaemonState(home, socketAt(home)), readNote(home), own)
