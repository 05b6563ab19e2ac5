/** `tetra assets path NAME`: the folder with its files and its manifest (README, "Files"). */
import { ArtifactStore } from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import type { Call } from "../../program.ts"
import { locationOf, text } from "../../project/open.ts"
import { readData } from "../../project/data.ts"
import { print } from "../../project/store.ts"
import { versionOf } from "./find.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const folder = await readData(
    locationOf(call),
    Effect.gen(function* () {
      const found = yield* versionOf(call.args[0] ?? "", text(call, "version"))
      // Publishing is idempotent: it answers the folder, and mends one that somebody removed.
      return yield* (yield* ArtifactStore).publish(found)
    })
  )
  print([folder])
  return exitCodes.completed
}
