import { Effect } from "effect"
import type { RunHandle } from "./EngineParts.ts"

/** Waits for the signal of whoever began the run, and cancels it then. */
export const cancelOn = (signal: AbortSignal, handle: RunHandle): Effect.Effect<void> =>
  Effect.andThen(
    Effect.callback<void>((resume) => {
      const abort = () => resume(Effect.void)
      if (signal.aborted) return abort()
      signal.addEventListener("abort", abort, { once: true })
      return Effect.sync(() => signal.removeEventListener("abort", abort))
    }),
    Effect.suspend(() => handle.cancel("the caller", "its signal was aborted"))
  )
