import { Effect, type Scope } from "effect"
import { StoreError } from "../../execution/ports/Journal.ts"
import { busyWaitsMs, makeGroupCommit } from "./groupCommit.ts"
import { openForReading, openForWriting, refuseNewer, type StateFile } from "./StateFile.ts"
import { isBusy, toStoreError } from "./storeError.ts"

/** The state file as the adapters use it. */
export interface OpenStore {
  /** `work` inside a durable transaction; `weight` is the number of events it writes. */
  readonly write: <A, E = never>(weight: number, work: (state: StateFile) => A) => Effect.Effect<A, E | StoreError>
  /** `none` is the answer while there is no state file yet (read-only mode). */
  readonly read: <A>(none: A, look: (state: StateFile) => A) => Effect.Effect<A, StoreError>
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

const lookInto = <A>(state: StateFile, look: (state: StateFile) => A): A => {
  refuseNewer(state)
  return look(state)
}
const forWriting = (file: string): Effect.Effect<OpenStore, StoreError, Scope.Scope> =>
  Effect.gen(function* () {
    const state = yield* Effect.acquireRelease(
      attempt(file, () => openForWriting(file)),
      (open) => Effect.sync(() => open.close())
    )
    const commits = makeGroupCommit(state)
    return {
      write: (weight, work) => commits.submit(weight, () => work(state)),
      read: (_none, look) => attempt(file, () => lookInto(state, look))
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
    let state: StateFile | undefined
    yield* Effect.addFinalizer(() => Effect.sync(() => state?.close()))
    return {
      write: () => Effect.fail(readOnlyError),
      read: (none, look) =>
        attempt(file, () => {
          state ??= openForReading(file)
          return state === undefined ? none : lookInto(state, look)
        })
    }
  })

/** Opens the state file for the scope. Read-only makes nothing: without a file every answer is empty. */
export const openStore = (options: {
  readonly file: string
  readonly readOnly: boolean
}): Effect.Effect<OpenStore, StoreError, Scope.Scope> => (options.readOnly ? forReading(options.file) : forWriting(options.file))
