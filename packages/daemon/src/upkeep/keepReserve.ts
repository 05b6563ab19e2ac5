/** Keeps room for the last words of a full disk. */
import { hasReserve, makeReserve } from "@tetra/core/storage"
import { Effect } from "effect"
import type { Say } from "../log/Say.ts"

const every = "30 seconds"

/** Makes the reserve of the embedded store, and makes it anew once there is room again; until its scope is closed. Says when it had to be used. */
export const keepReserve = (home: string, say: Say): Effect.Effect<never> => {
  let was: boolean | undefined
  const look = Effect.sync(() => {
    const isGone = was === true && !hasReserve(home)
    if (isGone)
      say("the disk is full: the reserve of 16 MiB was given up so that runs are recorded; free some space", {
        level: "error",
        event: "disk_full"
      })
    const is = makeReserve(home)
    if (was === false && is) say("there is room on the disk again: the reserve is made anew", { event: "disk_room" })
    was = is
  })
  return Effect.forever(Effect.andThen(look, Effect.sleep(every)))
}
