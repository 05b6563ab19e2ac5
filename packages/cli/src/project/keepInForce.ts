import process from "node:process"
import { type ConfigVersion, keepConfig, type Project } from "@tetra/core/engine"
import { Effect } from "effect"
import { glyph, lookOf, paint } from "../output/plain/look.ts"
import { oneLine } from "../output/plain/text.ts"
import { perform } from "../runtime.ts"

/** Keeps the configuration that is in force. That it cannot be kept is told and costs nothing else. */
export const keepInForce = async (project: Project): Promise<ConfigVersion | undefined> =>
  await perform(
    keepConfig(project).pipe(
      Effect.catch((error) =>
        Effect.sync(() => {
          const look = lookOf(process.stderr, process.env)
          process.stderr.write(`${paint(look, "warn", glyph(look, "warning"))} ${oneLine(error.message)}\n`)
          return undefined
        })
      )
    )
  )
