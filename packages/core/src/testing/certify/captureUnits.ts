/** Runs pipelines once, in memory, and keeps what every stage was given: to try each stage alone with it afterwards. */
import { Effect, Layer } from "effect"
import type { AnyNode } from "../../authoring/definePipeline.ts"
import type { AnyStage } from "../../authoring/defineStage.ts"
import type { StageName } from "../../domain/Names.ts"
import type { RunState } from "../../domain/RunState.ts"
import { Engine } from "../../execution/Engine.ts"
import type { Runnable } from "../../execution/EngineParts.ts"
import { MemoryStores } from "../../execution/memory.ts"
import { assetTypes, publishGiven } from "../givenAssets.ts"

/** What one unit of a stage was given. */
export interface CapturedUnit {
  readonly inputs: Readonly<Record<string, unknown>>
  /** Set for a partition. */
  readonly key?: unknown
  /** By the names under which the stage uses them. */
  readonly uses: Readonly<Record<string, unknown>>
}
export interface Captured {
  readonly state: RunState
  /** By stage; a stage whose first unit did not begin has none. */
  readonly units: ReadonlyMap<StageName, CapturedUnit>
}
type Context = CapturedUnit & Readonly<Record<string, unknown>>

const spyOn = (stage: AnyStage, take: (context: CapturedUnit) => void): AnyStage => {
  const definition = stage["~definition"]
  const run = (context: Context) => {
    take({ inputs: context.inputs, uses: context.uses, ...("key" in context ? { key: context.key } : {}) })
    return definition.run(context)
  }
  return { ...stage, "~definition": { ...definition, run } }
}
/** One try, in the engine's own thread: what a stage is given can be kept only there. */
const inOneFiber = (built: Runnable): Runnable["plan"] => ({
  ...built.plan,
  stages: built.plan.stages.map((stage) => ({
    ...stage,
    policy: { ...stage.policy, isolation: "fiber" as const, retry: { ...stage.policy.retry, maxAttempts: 1 } }
  }))
})
/** `assets`: what nobody in the plan provides, by name: datasets and values. */
export const captureUnits = (
  built: Runnable,
  assets: Readonly<Record<string, unknown>>,
  onStage: (name: StageName) => void
): Effect.Effect<Captured, unknown> => {
  const units = new Map<StageName, CapturedUnit>()
  const spied = ([name, node]: readonly [StageName, AnyNode]): readonly [StageName, AnyNode] => {
    const { stage, ...rest } = node["~node"]
    const take = (unit: CapturedUnit) => void (units.has(name) || units.set(name, unit))
    return [name, { ...node, "~node": { ...rest, stage: spyOn(stage, take) } }]
  }
  const program = Effect.gen(function* () {
    yield* publishGiven(assets, assetTypes(built.nodes.values()), 0)
    const engine = yield* Engine
    const handle = yield* engine.start(
      { ...built, plan: inOneFiber(built), nodes: new Map([...built.nodes].map(spied)) },
      {
        trigger: { kind: "test", detail: "certify" },
        configVersion: "certify",
        params: {},
        onLive: (event) => {
          if (event._tag === "StageStarted") onStage(event.stage)
        }
      }
    )
    return { state: yield* handle.result, units }
  })
  return program.pipe(Effect.provide(Layer.provideMerge(Engine.layer, new MemoryStores().layer)), Effect.scoped)
}
