/** New versions of assets as events. Pure. */
import type { StoredEvent } from "@tetra/core/engine"
import type { Happening } from "./decideEvent.ts"
import type { TriggerState } from "./records.ts"
import type { TriggerOf } from "./TriggerSpec.ts"

export interface AssetStep {
  readonly state: TriggerState
  readonly happenings: ReadonlyArray<Happening>
}
const shortOf = (asset: string, version: string): string => `${asset}@${version.slice(0, 12)}`

/** Goes on from `state` over events in their order. A version counts when its content is new, and when another pipeline made it. */
export const assetEvents = (
  { pipeline, written: { assets, include_degraded: takesDegraded = false, when = "any" } }: TriggerOf<"asset">,
  state: TriggerState,
  events: ReadonlyArray<StoredEvent>
): AssetStep => {
  const newest = { ...state.newest }
  let consumed = { ...state.consumed }
  const happenings: Array<Happening> = []
  for (const event of events) {
    if (event._tag !== "AssetPublished" || !assets.includes(event.asset) || event.unchanged) continue
    if (event.stage.startsWith(`${pipeline}.`)) continue
    if (!takesDegraded && (event.degraded !== undefined || event.coverage.ratio < 1)) continue
    const { version } = event.output
    if (newest[event.asset] === version) continue
    newest[event.asset] = version
    const about = when === "any" ? [event.asset] : assets.toSorted()
    if (about.some((asset) => newest[asset] === undefined || newest[asset] === consumed[asset])) continue
    consumed = { ...consumed, ...Object.fromEntries(about.map((asset) => [asset, newest[asset]!])) }
    happenings.push({
      dedupe: about.map((asset) => `${asset}@${newest[asset]}`).join(","),
      about: `new version ${about.map((asset) => shortOf(asset, newest[asset]!)).join(", ")}`
    })
  }
  return { state: { ...state, newest, consumed }, happenings }
}
