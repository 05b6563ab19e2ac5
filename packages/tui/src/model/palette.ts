/** The command palette: every verb, view, stage and past run, found by the letters that somebody remembers. Pure. */
import { bindingsIn } from "./keymap.ts"
import type { Scene } from "./Scene.ts"
import type { PaletteEntry } from "./Surroundings.ts"

/** Most entries that are answered. */
const mostFound = 50

/** How well `wanted` is found in `text`: higher is better, undefined when its letters are not there in order. */
export const likeness = (text: string, wanted: string): number | undefined => {
  const inside = text.toLowerCase()
  const letters = wanted.toLowerCase().replaceAll(/\s+/gu, "")
  const whole = inside.indexOf(wanted.toLowerCase().trim())
  if (whole !== -1) return 1000 - whole - inside.length / 100
  let at = -1
  let score = 500
  for (const letter of letters) {
    const next = inside.indexOf(letter, at + 1)
    if (next === -1) return undefined
    score -= next - at - 1
    at = next
  }
  return score - inside.length / 100
}

const viewLines: Readonly<Record<string, string>> = {
  graph: "tetra graph",
  logs: "tetra logs",
  history: "tetra history",
  schedule: "tetra schedule",
  health: "tetra doctor",
  config: "tetra config show",
  stages: "tetra show",
  events: "tetra show --json"
}
const lineFor = (intent: PaletteEntry["act"], scene: Scene): string => {
  const run = scene.world.run.run
  if (intent._tag === "Go") return viewLines[intent.view] ?? ""
  if (intent._tag !== "Ask") return ""
  return intent.verb === "retry"
    ? `tetra run --resume ${run}`
    : intent.verb === "cancel"
      ? "Ctrl-C"
      : scene.abilities.line + (intent.verb === "force" ? " --force" : "")
}
/** Everything that can be chosen here, in the order of the keymap. */
export const paletteEntries = (scene: Scene): ReadonlyArray<PaletteEntry> => {
  const { abilities, ui, world } = scene
  const verbs = bindingsIn(ui.view, world.link._tag === "Replay")
    .filter(({ intent }) => !["Palette", "Move", "Sideways", "Cycle", "Back", "Open"].includes(intent._tag))
    .filter(({ intent }) => intent._tag !== "Ask" || (abilities.verbs.has(intent.verb) && !abilities.readOnly))
    .filter(({ intent }) => intent._tag !== "Go" || abilities.views.includes(intent.view))
    .map(({ help, intent, keys }): PaletteEntry => ({
      label: help,
      key: keys[0] ?? "",
      line: lineFor(intent, scene),
      act: intent
    }))
  const stages = [...world.run.stages.keys()].map((stage): PaletteEntry => ({
    label: `stage ${stage}`,
    key: "",
    line: `tetra logs --stage ${stage}`,
    act: { _tag: "Stage", stage }
  }))
  const runs = (world.desk.runs ?? []).map(({ row }): PaletteEntry => ({
    label: `run ${row.id} ${row.mode ?? ""} ${row.status}`,
    key: "",
    line: `tetra ui --replay ${row.id}`,
    act: { _tag: "Command", command: { _tag: "OpenRun", run: row.id } }
  }))
  return [...verbs, ...stages, ...runs]
}
export const findEntries = (entries: ReadonlyArray<PaletteEntry>, text: string): ReadonlyArray<PaletteEntry> => {
  if (text.trim() === "") return entries.slice(0, mostFound)
  return entries
    .flatMap((entry) => {
      const score = likeness(`${entry.label} ${entry.line}`, text)
      return score === undefined ? [] : [{ entry, score }]
    })
    .toSorted((a, b) => b.score - a.score)
    .slice(0, mostFound)
    .map(({ entry }) => entry)
}
