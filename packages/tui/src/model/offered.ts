/** The keys that do something here: what footer, help and palette show. Pure. */
import { type Binding, bindingsIn, keymap } from "./keymap.ts"
import { viewOfKeys } from "./panes.ts"
import type { Scene } from "./Scene.ts"

/** Verbs that this dashboard may not do, and views that it does not have, are not in it. */
export const offered = ({ abilities, ui, world }: Scene): ReadonlyArray<Binding> =>
  bindingsIn(viewOfKeys(ui), world.link._tag === "Replay", abilities.keymap ?? keymap).filter(({ intent }) => {
    if (intent._tag === "Ask") return abilities.verbs.has(intent.verb) && !abilities.readOnly
    if (intent._tag === "Undo") return !abilities.readOnly
    if (intent._tag === "View" && (intent.act === "pause" || intent.act === "trigger")) return !abilities.readOnly
    return intent._tag !== "Go" || abilities.views.includes(intent.view)
  })
