/** What the parts of `update` share: answers, words at the bottom, and going through lists. */
import type { Updated } from "./Surroundings.ts"
import type { Command, Ui } from "./Ui.ts"

export const only = (ui: Ui, ...commands: ReadonlyArray<Command>): Updated => ({ ui, commands })
export const say = (ui: Ui, text: string, tone: "plain" | "good" | "bad" | "warn" = "plain"): Ui => ({
  ...ui,
  message: { text, tone }
})
export const nextOf = <T>(list: ReadonlyArray<T>, current: T, by = 1): T => {
  const at = (list.indexOf(current) + by + list.length) % list.length
  return list[at] ?? current
}
export const toggled = <T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> => {
  const copy = new Set(set)
  if (!copy.delete(item)) copy.add(item)
  return copy
}
