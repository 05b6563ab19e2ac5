import { Effect } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { recorded } from "../recorded.ts"
import type { LogSync } from "./LogSync.ts"
import { makeLogRoom } from "./logRoom.ts"
import { refuseNewer, type StateFile } from "./StateFile.ts"
import { releaseReserve } from "./reserve.ts"
import { isBusy, isFull, toStoreError } from "./storeError.ts"

/** Most events that share one transaction. */
const maxGroupEvents = 256
/** Waits between tries of a busy file; when they are used up the callers hear `locked` (about ten seconds in all). */
export const busyWaitsMs = [20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000]

interface Member {
  /** Events that it writes: its weight in the group. */
  readonly weight: number
  /** Runs inside the transaction; throws to refuse. */
  readonly work: () => unknown
  readonly succeed: (answer: unknown) => void
  readonly fail: (error: unknown) => void
}

/** A refusal of a member by our own rules: the store is well, the others go on. */
export class Refused extends Error {
  readonly reason: unknown
  constructor(reason: unknown) {
    super("refused")
    this.reason = reason
  }
}

const settleAll = (settled: ReadonlyArray<() => void>) => {
  for (const settle of settled) settle()
}

/** One transaction for `group`. Answers false when the store itself failed, with nothing of it written. */
const commitTogether = (
  state: StateFile,
  group: ReadonlyArray<Member>,
  wrote: () => void
): { readonly ok: true } | { readonly ok: false; readonly cause: unknown } => {
  const settled: Array<() => void> = []
  const shared = group.length > 1
  try {
    state.run("begin immediate")
    refuseNewer(state)
    for (const member of group) {
      if (shared) state.run("savepoint member")
      try {
        const answer = member.work()
        settled.push(() => member.succeed(answer))
      } catch (cause) {
        if (!(cause instanceof Refused)) throw cause
        state.run(shared ? "rollback to member" : "rollback")
        settled.push(() => member.fail(cause.reason))
      }
      if (shared) state.run("release member")
    }
    if (state.inTransaction()) state.run("commit")
  } catch (cause) {
    try {
      if (state.inTransaction()) state.run("rollback")
    } catch {
      // SQLite has rolled back by itself; the first cause is the one to report.
    }
    return { ok: false, cause }
  }
  // Before anybody asks whether it is on disk.
  wrote()
  settleAll(settled)
  return { ok: true }
}

/**
 * A member that fails the store by itself (too big, say) must not take the others with it: each gets its own try.
 * Answers "busy" when another process holds the file and nothing was written or answered.
 */
const commitGroup = (state: StateFile, group: ReadonlyArray<Member>, wrote: () => void): "settled" | "busy" => {
  const first = commitTogether(state, group, wrote)
  // On a full disk the reserve makes way, once: what was done is recorded, and runs can wait.
  const isFreed = !first.ok && isFull(first.cause) && releaseReserve(state.file)
  const together = isFreed ? commitTogether(state, group, wrote) : first
  if (together.ok) return "settled"
  if (isBusy(together.cause)) return "busy"
  for (const member of group) {
    const alone: ReturnType<typeof commitTogether> = group.length === 1 ? together : commitTogether(state, [member], wrote)
    if (!alone.ok) member.fail(alone.cause)
  }
  return "settled"
}

/** Takes members in order until the group is full. */
const nextGroup = (queue: Array<Member>): ReadonlyArray<Member> => {
  let weight = 0
  let size = 0
  for (const member of queue) {
    if (size > 0 && weight + member.weight > maxGroupEvents) break
    weight += member.weight
    size += 1
  }
  return queue.splice(0, size)
}

export interface GroupCommit {
  /**
   * Runs `work` inside a transaction that it may share with whatever else waits now. Nothing is answered before the commit is
   * written: seen by everybody, and there after a `kill -9`. `work` throws `Refused` to be rolled back alone.
   */
  readonly submit: <A, E = never>(weight: number, work: () => A) => Effect.Effect<A, E | StoreError>
}

/** A state file every commit of which is on disk when it is done. */
const syncedBySQLite: Pick<LogSync, "failure" | "wrote"> = { failure: undefined, wrote: () => undefined }

/**
 * Group commit without a delay: what arrives in one turn of the event loop, or while a commit blocks it, shares the next
 * transaction. A lone append waits for no timer.
 */
export const makeGroupCommit = (state: StateFile, sync: Pick<LogSync, "failure" | "wrote"> = syncedBySQLite): GroupCommit => {
  const queue: Array<Member> = []
  const makeRoom = makeLogRoom(state)
  let scheduled = false
  let waits = 0
  const drain = (): void => {
    scheduled = false
    const group = nextGroup(queue)
    if (group.length === 0) return
    const lost = sync.failure
    if (lost !== undefined) {
      for (const member of group) member.fail(lost)
    } else if (commitGroup(state, group, sync.wrote) === "settled") {
      waits = 0
      makeRoom()
    } else if (waits < busyWaitsMs.length) {
      queue.unshift(...group)
      scheduled = true
      setTimeout(drain, busyWaitsMs[waits++])
      return
    } else {
      waits = 0
      for (const member of group) member.fail(busyError)
    }
    if (queue.length > 0) schedule()
  }
  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    setImmediate(drain)
  }
  const once = <A>(weight: number, work: () => A) =>
    Effect.callback<A, unknown>((resume) => {
      const member: Member = {
        weight,
        work,
        succeed: (answer) => resume(Effect.succeed(recorded<A>(answer))),
        fail: (error) => resume(Effect.fail(error))
      }
      queue.push(member)
      schedule()
      return Effect.sync(() => {
        const at = queue.indexOf(member)
        if (at >= 0) queue.splice(at, 1) // interrupted before its turn: never happened
      })
    })
  return {
    // What `work` refuses with is its own error type E; everything else comes from SQLite.
    submit: <A, E = never>(weight: number, work: () => A) =>
      Effect.mapError(once(weight, work), (cause) => (isTagged(cause) ? recorded<E>(cause) : toStoreError(state.file, cause)))
  }
}
const busyError = Object.assign(new Error("database is locked"), { errcode: 5 })
const isTagged = (cause: unknown): boolean => typeof cause === "object" && cause !== null && "_tag" in cause
