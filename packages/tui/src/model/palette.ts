/** The command palette: every verb, view, stage and past run, found by the letters that somebody remembers. Pure. */
import { type Known, readCommand, specs } from "./commandLine.ts"
import type { Deed } from "./deeds.ts"
import { offered } from "./offered.ts"
import { lineOf } from "./questions.ts"
import type { Scene } from "./Scene.ts"
import type { PaletteEntry } from "./Surroundings.ts"
import { settings } from "./Ui.ts"

/** Most entries that are answered. */
const mostFound = 50
/** Typed commands that an empty field offers again. */
const mostRecent = 5

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
  overview: "tetra status",
  charts: "tetra report",
  graph: "tetra graph",
  logs: "tetra logs",
  history: "tetra history",
  schedule: "tetra schedule",
  health: "tetra health",
  config: "tetra config show",
  stages: "tetra show",
  events: "tetra show --json"
}
const lineFor = (intent: Deed, scene: Scene): string =>
  intent._tag === "Go" ? (viewLines[intent.view] ?? "") : intent._tag === "Ask" ? lineOf(scene, intent.verb) : ""
const notListed = new Set(["Palette", "Move", "Sideways", "Cycle", "Back", "Open", "Undo"])
/** Everything that can be chosen here, in the order of the keymap. */
export const paletteEntries = (scene: Scene): ReadonlyArray<PaletteEntry> => {
  const { world } = scene
  const verbs = offered(scene)
    .filter(({ intent }) => !notListed.has(intent._tag))
    .map(({ help, intent, keys }): PaletteEntry => ({
      label: help,
      key: keys[0] ?? "",
      line: lineFor(intent, scene),
      act: intent
    }))
  const typable = Object.entries(specs)
    .filter(([name]) => settings.some((setting) => setting === name))
    .flatMap(([name]) => settingsOf(name, scene))
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
  return [...verbs, ...typable, ...stages, ...runs]
}
const settingsOf = (name: string, scene: Scene): ReadonlyArray<PaletteEntry> =>
  (name === "theme" ? scene.abilities.themes : ["on", "off"]).flatMap((value) => {
    const typed = readCommand(`${name} ${value}`, knownOf(scene))
    return typed === undefined ? [] : [{ ...typed, key: "" }]
  })
const knownOf = ({ abilities, world }: Scene): Known => ({
  stages: [...world.run.stages.keys()],
  run: world.run.run,
  runLine: abilities.line,
  themes: abilities.themes
})
/** A typed command stands first; an empty field shows what was typed before. */
export const entriesFor = (scene: Scene, text: string): ReadonlyArray<PaletteEntry> => {
  const typed = readCommand(text, knownOf(scene))
  const before =
    text.trim() === ""
      ? scene.ui.typed
          .toReversed()
          .slice(0, mostRecent)
          .flatMap((one): ReadonlyArray<PaletteEntry> => {
            const entry = readCommand(one, knownOf(scene))
            return entry === undefined ? [] : [{ ...entry, label: `again: ${one}`, key: "" }]
          })
      : []
  const own: ReadonlyArray<PaletteEntry> = typed === undefined ? before : [{ ...typed, key: "" }]
  return [...own.filter((entry) => isOffered(entry.act, scene)), ...findEntries(paletteEntries(scene), text)]
}
/** A verb that is not offered is not offered by its name either. */
const isOffered = (act: Deed, { abilities }: Scene): boolean =>
  act._tag !== "Ask" || (!abilities.readOnly && abilities.verbs.has(act.verb))

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
export const isCommand = (scene: Scene, text: string): boolean => {
  const typed = readCommand(text, knownOf(scene))
  return typed !== undefined && typed.act._tag !== "Refuse"
}
