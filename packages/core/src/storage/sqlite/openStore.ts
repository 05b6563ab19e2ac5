import { Effect, type Scope } from "effect"
import { StoreError } from "../../execution/ports/Journal.ts"
import { busyWaitsMs, makeGroupCommit } from "./groupCommit.ts"
import { LogSync } from "./LogSync.ts"
import { openForReading, openForWriting, refuseNewer, type StateFile } from "./StateFile.ts"
import { releaseReserve } from "./reserve.ts"
import { isBusy, isFull, toStoreError } from "./storeError.ts"
import { failedElsewhere, mendUnsynced, unmarkFolded } from "./unsynced.ts"

/** The state file as the adapters use it. */
export interface OpenStore {
  /** `work` inside a transaction that is on disk when it is answered; `weight` is the number of events it writes. */
  readonly write: <A, E = never>(weight: number, work: (state: StateFile) => A) => Effect.Effect<A, E | StoreError>
  /** The same, answered when it is written: everybody sees it, and a power cut may still take it, until `durable` has answered. */
  readonly append: <A, E = never>(weight: number, work: (state: StateFile) => A) => Effect.Effect<A, E | StoreError>
  /** Answers when everything that was written before is on disk. */
  readonly durable: Effect.Effect<void, StoreError>
  /** What it tells is on disk. `none` is the answer while there is no state file yet (read-only mode). */
  readonly read: <A>(none: A, look: (state: StateFile) => A) => Effect.Effect<A, StoreError>
  /** What it tells may not be on disk yet: for who only writes what follows from it behind it. */
  readonly peek: <A>(none: A, look: (state: StateFile) => A) => Effect.Effect<A, StoreError>
}

const retried = async <A>(work: () => A): Promise<A> => {
  for (const waitMs of busyWaitsMs) {
    await new Promise((resume) => setTimeout(resume, waitMs))
    try {
      return work()
    } catch (cause) {
      if (!isBusy(cause)) throw cause
    }
  }
  return work()
}
/**
 * Runs `work` at once, and again and again while another process holds the file: it may be setting the file up, or be the
 * last to close it.
 */
const attempt = <A>(file: string, work: () => A): Effect.Effect<A, StoreError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(work())
    } catch (cause) {
      if (!isBusy(cause)) return Effect.fail(toStoreError(file, cause))
      return Effect.tryPromise({ try: () => retried(work), catch: (again) => toStoreError(file, again) })
    }
  })

const lookInto = <A>(state: StateFile, sync: LogSync, look: (state: StateFile) => A): A => {
  refuseNewer(state)
  if (sync.failure !== undefined) throw sync.failure
  const answer = look(state)
  sync.looked()
  return answer
}
/** Looks, and answers once all that can have been seen is on disk. */
const settledLook = <A>(peek: Effect.Effect<A, StoreError>, sync: () => LogSync | undefined): Effect.Effect<A, StoreError> =>
  Effect.tap(peek, () => sync()?.settled ?? Effect.void)

/** On a full disk the reserve makes way: what goes on needs files of its own beside the state. */
const openedForWriting = (file: string): StateFile => {
  mendUnsynced(file)
  try {
    return openForWriting(file)
  } catch (cause) {
    if (!isFull(cause) || !releaseReserve(file)) throw cause
    return openForWriting(file)
  }
}
interface Open {
  readonly state: StateFile
  readonly sync: LogSync
}
/** The last one to close it folds the log into the file, by which what no sync has made durable is on disk as well. */
const closed = ({ state, sync }: Open): Effect.Effect<void> =>
  Effect.andThen(
    sync.close,
    Effect.sync(() => {
      state.close()
      if (sync.failure !== undefined) unmarkFolded(state.file)
    })
  )
const forWriting = (file: string): Effect.Effect<OpenStore, StoreError, Scope.Scope> =>
  Effect.gen(function* () {
    const { state, sync } = yield* Effect.acquireRelease(
      attempt(file, () => {
        const opened = openedForWriting(file)
        return { state: opened, sync: new LogSync(opened) }
      }),
      closed
    )
    const commits = makeGroupCommit(state, sync)
    const append: OpenStore["append"] = (weight, work) => commits.submit(weight, () => work(state))
    const peek: OpenStore["peek"] = (_none, look) => attempt(file, () => lookInto(state, sync, look))
    return {
      append,
      durable: sync.settled,
      write: (weight, work) => Effect.tap(append(weight, work), () => sync.settled),
      peek,
      read: (none, look) => settledLook(peek(none, look), () => sync)
    }
  })

const readOnlyError = new StoreError({
  reason: "other",
  detail: "the state file is open to look only",
  hint: "Report this: a command that only looks tried to write"
})
/** The file may appear while we watch (`tetra status` beside a first run), so each look opens it when it is not open yet. */
const forReading = (file: string): Effect.Effect<OpenStore, never, Scope.Scope> =>
  Effect.gen(function* () {
    let open: Open | undefined
    const close = Effect.suspend(() => {
      const left = open
      open = undefined
      return left === undefined ? Effect.void : closed(left)
    })
    yield* Effect.addFinalizer(() => close)
    const look: OpenStore["peek"] = (none, look) =>
      attempt(file, () => {
        if (open === undefined) {
          const lost = failedElsewhere(file)
          if (lost !== undefined) throw lost
          const state = openForReading(file)
          if (state === undefined) return none
          open = { state, sync: new LogSync(state) }
        }
        return lookInto(open.state, open.sync, look)
      })
    // Who mends it needs the file for himself.
    const peek: OpenStore["peek"] = (none, work) =>
      Effect.tapError(look(none, work), ({ reason }) => (reason === "unsynced" ? close : Effect.void))
    return {
      write: () => Effect.fail(readOnlyError),
      append: () => Effect.fail(readOnlyError),
      durable: Effect.void,
      peek,
      read: (none, look) => settledLook(peek(none, look), () => open?.sync)
    }
  })

/** Opens the state file for the scope. Read-only makes nothing: without a file every answer is empty. */
export const openStore = (options: {
  readonly file: string
  readonly readOnly: boolean
}): Effect.Effect<OpenStore, StoreError, Scope.Scope> => (options.readOnly ? forReading(options.file) : forWriting(options.file))
