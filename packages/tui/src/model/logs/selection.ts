/** What the log's keys work on: the selected lines, and what the file has beyond those that are shown. */
import type { LogLine } from "@tetra/core/engine"
import { placeOf } from "../LogFilter.ts"
import type { Scene } from "../Scene.ts"
import { isSameSearch } from "./Book.ts"

/** Places of the selection, first and last; undefined when there is none. */
export const selectionOf = ({ ui: { logs }, shown }: Scene): readonly [number, number] | undefined => {
  if (logs.anchor === undefined) return undefined
  const cursor = logs.cursor ?? shown.at(-1) ?? logs.anchor
  return [Math.min(logs.anchor, cursor), Math.max(logs.anchor, cursor)]
}
/** The lines that are selected, or the one under the cursor. */
export const selectedLines = (scene: Scene): ReadonlyArray<LogLine> => {
  const { log, shown, ui } = scene
  const last = ui.logs.cursor ?? shown.at(-1) ?? -1
  const [from, to] = selectionOf(scene) ?? [last, last]
  return shown.slice(placeOf(shown, from), placeOf(shown, to + 1)).flatMap((place) => log.at(place) ?? [])
}
export const logMore = ({ ui, world }: Scene): { readonly older: boolean; readonly newer: boolean } => {
  if (world.logPath === undefined) return { older: false, newer: false }
  if (ui.logs.file && world.book !== undefined) return { older: world.book.from > 0, newer: world.book.to < world.book.size }
  return { older: world.logs.first > 0 && ui.logs.clearedTo <= world.logs.first, newer: false }
}
/** Number of the match at or before the cursor among all of the whole file, from 1; 0 before the first. */
export const fileMatchNumber = ({ ui, world }: Scene): number => {
  const { places = [] } = world.search ?? {}
  return ui.logs.file ? placeOf(places, (ui.logs.cursor ?? Number.POSITIVE_INFINITY) + 1) : places.length
}
export const fileMatch = (scene: Scene, to: 1 | -1): number | undefined => {
  const { search } = scene.world
  const { cursor, file } = scene.ui.logs
  if (search === undefined || !isSameSearch(search.filter, scene.ui.logs.filter) || search.places.length === 0) return undefined
  const { places } = search
  if (!file || cursor === undefined) return to === 1 ? places[0] : places.at(-1)
  const at = placeOf(places, cursor)
  const index = to === 1 ? (places[at] === cursor ? at + 1 : at) : at - 1
  return places[(index + places.length) % places.length]
}
export const eventStage = ({ events, ui, world }: Scene): string | undefined => {
  const event = world.events.at(ui.events.cursor ?? events.at(-1) ?? -1)
  return event !== undefined && "stage" in event ? event.stage : undefined
}
