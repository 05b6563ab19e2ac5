import type { Project } from "@tetra/core/engine"
import { Redacted } from "effect"
import { triggersOf, type TriggerSpec } from "../../src/trigger/TriggerSpec.ts"

/** What triggers read of a project: the pipeline `p` with these. */
export const aProject = (triggers: ReadonlyArray<object>, root = "/"): Project =>
  ({ config: { pipelines: { p: { triggers } } }, catalogue: {}, root }) as unknown as Project
export const aTrigger = (written: object): TriggerSpec => triggersOf(aProject([{ id: "t", ...written }]))[0]!
export const secrets = (...texts: ReadonlyArray<string>) => texts.map((text) => Redacted.make(text))
