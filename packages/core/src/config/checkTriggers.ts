import { Redacted } from "effect"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import { marketVariables } from "../domain/marketVariables.ts"
import { hintFor } from "../domain/nearest.ts"
import type { TriggerBlock } from "../domain/TriggerBlock.ts"
import type { Catalogue } from "../planning/Catalogue.ts"
import type { Say } from "./checkConfig.ts"

type Placed = readonly [path: string, pipeline: string, trigger: TriggerBlock]
const triggersIn = (config: ResolvedConfig): ReadonlyArray<Placed> =>
  Object.entries(config.pipelines ?? {}).flatMap(([pipeline, { triggers = [] }]) =>
    triggers.map((trigger, i) => [`pipelines.${pipeline}.triggers.${i}`, pipeline, trigger] as const)
  )
/** Names that are taken, secrets that are not set, runs that would overlap. */
export const checkTriggers = (config: ResolvedConfig, say: Say): void => {
  const seen = new Set<string>()
  for (const [path, pipeline, trigger] of triggersIn(config)) {
    const { id, kind, overlap } = trigger
    if (seen.has(id))
      say(`${path}.id`, `a second trigger is called "${id}"`, "name each differently: its events are recorded by it")
    seen.add(id)
    const key = config.pipelines?.[pipeline]?.concurrency?.key
    if (overlap === "allow" && key === undefined)
      say(
        `${path}.overlap`,
        "one run of a pipeline at a time is promised: allow needs a concurrency key",
        `set pipelines.${pipeline}.concurrency: { policy: allow, key: PARAMETER }, or use queue_one, skip or replace`
      )
    if (kind === "webhook")
      trigger.secrets.forEach((secret, i) => {
        if (Redacted.value(secret) === "")
          say(
            `${path}.secrets.${i}`,
            "the secret is empty: nobody could sign with it",
            "set the variable that it is read from",
            "warning"
          )
      })
  }
}
/** Assets that nobody makes, and circles: what a run publishes must not begin the next one. */
export const checkTriggerAssets = (config: ResolvedConfig, catalogue: Catalogue, say: Say): void => {
  const all = [...catalogue.pipelines.values()].flatMap(({ shape }) => [...shape.provides.keys()])
  for (const [path, pipeline, trigger] of triggersIn(config)) {
    if (trigger.kind === "market") checkMarket(path, trigger, all, say)
    if (trigger.kind !== "asset") continue
    const own = catalogue.pipelines.get(pipeline)?.shape.provides
    trigger.assets.forEach((asset, i) => {
      if (!all.includes(asset)) say(`${path}.assets.${i}`, `no pipeline provides "${asset}"`, hintFor(asset, all, ""))
      else if (own?.has(asset) === true)
        say(
          `${path}.assets.${i}`,
          `"${pipeline}" makes "${asset}" itself: it would never come to rest`,
          "name assets of other pipelines"
        )
    })
  }
}
const functions = [
  "size",
  "startsWith",
  "endsWith",
  "contains",
  "has",
  "exists",
  "all",
  "duration",
  "timestamp",
  "true",
  "false",
  "in"
]
/** Names alone: types are checked where the rule is run. */
const checkMarket = (
  path: string,
  { on, when }: Extract<TriggerBlock, { readonly kind: "market" }>,
  assets: ReadonlyArray<string>,
  say: Say
): void => {
  if (!assets.includes(on)) say(`${path}.on`, `no pipeline provides "${on}"`, hintFor(on, assets, ""))
  const words = when.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gu, "''").match(/[A-Za-z_]\w*/gu) ?? []
  const names: ReadonlyArray<string> = [...marketVariables, ...functions]
  for (const word of new Set(words))
    if (!names.includes(word))
      say(`${path}.when`, `there is no variable "${word}"`, hintFor(word, marketVariables, marketVariables.join(", ")))
}
