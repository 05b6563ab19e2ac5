/** A project around the plugin of `lab.ts`, on disk, and runs of it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer } from "effect"
import { loadProject } from "../../src/config/loadProject.ts"
import type { Plugin } from "../../src/authoring/definePlugin.ts"
import type { Json } from "../../src/domain/Names.ts"
import type { LiveEvent, StoredEvent } from "../../src/domain/RunEvent.ts"
import type { RunState } from "../../src/domain/RunState.ts"
import { Engine } from "../../src/execution/Engine.ts"
import type { RunHandle } from "../../src/execution/EngineParts.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { embeddedProject } from "../../src/planning/embeddedProject.ts"
import { planRun } from "../../src/planning/planRun.ts"
import { layerEmbedded } from "../../src/storage/layerEmbedded.ts"

export interface Ran {
  readonly state: RunState
  readonly events: ReadonlyArray<StoredEvent>
  readonly log: ReadonlyArray<string>
}
/** Runs one pipeline in a new project folder that is removed afterwards. */
export const runLab = (
  pipeline: string,
  params: Readonly<Record<string, Json>>,
  onLive: (event: LiveEvent, handle: () => RunHandle | undefined) => void = () => {},
  /** Plugins of a program, instead of the one that the configuration names. */
  plugins?: ReadonlyArray<Plugin>
): Promise<Ran> => {
  const home = mkdtempSync(join(tmpdir(), "tetra-isolation-"))
  writeFileSync(
    join(home, "tetra.yaml"),
    `version: 1\nplugins: [{ name: "${join(import.meta.dirname, "lab.ts")}", config: { key: battery staple } }]\n`
  )
  const log: Array<string> = []
  const program = Effect.gen(function* () {
    const project = yield* plugins === undefined ? loadProject({ cwd: home, env: {} }) : embeddedProject({ cwd: home, plugins })
    const built = yield* planRun(project, { pipelines: [pipeline], params })
    const engine = yield* Engine
    let handle: RunHandle | undefined
    const told = (event: LiveEvent) => {
      if (event._tag === "Log") log.push(event.message)
      onLive(event, () => handle)
    }
    const info = { trigger: { kind: "test" as const, detail: "" }, configVersion: "test", params: {}, onLive: told }
    handle = yield* engine.start(built, info)
    const state = yield* handle.result
    return { state, events: yield* (yield* Journal).read(handle.id), log }
  })
  const layer = Layer.provideMerge(Engine.layer, layerEmbedded({ home: join(home, ".tetra") }))
  return Effect.runPromise(program.pipe(Effect.provide(layer), Effect.scoped)).finally(() =>
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  )
}
/** How each partition ended: "completed", or the tag and message of its failure. */
export const endings = ({ events }: Ran): Readonly<Record<string, string>> =>
  Object.fromEntries(
    events.flatMap((e) =>
      e._tag === "UnitCommitted"
        ? [[e.partition, "completed"]]
        : e._tag === "AttemptFailed"
          ? [[e.partition, `${e.failure.tag}: ${e.failure.message}`]]
          : []
    )
  )
