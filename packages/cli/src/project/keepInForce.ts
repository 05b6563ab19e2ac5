import { type ConfigVersion, keepConfig, type Project } from "@tetra/core/engine"
import { Effect } from "effect"
import { oneLine } from "../output/plain/text.ts"
import { warn } from "../output/warn.ts"
import { perform } from "../runtime.ts"

/** Keeps the configuration that is in force. That it cannot be kept is told and costs nothing else. */
export const keepInForce = async (project: Project): Promise<ConfigVersion | undefined> =>
  await perform(
    keepConfig(project).pipe(
      Effect.catch((error) =>
        Effect.sync(() => {
          warn(oneLine(error.message))
          return undefined
        })
      )
    )
  )
