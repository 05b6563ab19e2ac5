/** Keys inside dialogs. Text fields take every letter; nothing is done without the confirmation that its class asks for. */
import type { Deed } from "./deeds.ts"
import type { KeyEvent } from "./keys.ts"
import { graceOf } from "./classes.ts"
import type { Command, Overlay, Question, Ui } from "./Ui.ts"
import { type PaletteEntry, type Surroundings, type Updated, withFilter } from "./Surroundings.ts"
import { parentOf } from "./jsonTree.ts"
import { toggled } from "./Updated.ts"
import { segmentsOf } from "./graphemes.ts"

/** Longest text of a field, in characters. */
const longestField = 500
type Act = (ui: Ui, deed: Deed, around: Surroundings) => Updated
const none: Overlay = { _tag: "None" }
const close = (ui: Ui, ...commands: ReadonlyArray<Command>): Updated => ({ ui: { ...ui, over: none }, commands })
const stay = (ui: Ui, over: Overlay): Updated => ({ ui: { ...ui, over }, commands: [] })
const named = /^(?:[CMS]-.+|[a-z]+[a-z0-9]+|f\d)$/u

/** The text after one more key; undefined when the key is none of a text field. */
export const typed = (text: string, event: KeyEvent): string | undefined => {
  if (event._tag === "Focus" || event._tag === "Mouse") return undefined
  if (event._tag === "Paste") return (text + event.text.split(/\r?\n/u)[0]).replaceAll(/\p{Cc}/gu, "").slice(0, longestField)
  switch (event.key) {
    case "space":
      return `${text} `.slice(0, longestField)
    case "backspace":
    case "C-h":
      return Array.from(segmentsOf(text), ({ segment }) => segment)
        .slice(0, -1)
        .join("")
    case "C-u":
      return ""
    case "C-w":
      return text.replace(/\s*\S+\s*$/u, "")
    default:
      return named.test(event.key) ? undefined : (text + event.key).slice(0, longestField)
  }
}
const keyOf = (event: KeyEvent): string => (event._tag === "Key" ? event.key : "")
const step = (key: string): number => (key === "down" || key === "C-n" ? 1 : key === "up" || key === "C-p" ? -1 : 0)
const within = (index: number, length: number): number => Math.max(0, Math.min(length - 1, index))

type Of<Tag extends Overlay["_tag"]> = Extract<Overlay, { readonly _tag: Tag }>

const prompt = (ui: Ui, over: Of<"Prompt">, event: KeyEvent): Updated => {
  const key = keyOf(event)
  if (key === "enter") {
    const search: ReadonlyArray<Command> = over.view === "logs" && over.text !== "" ? [{ _tag: "SearchFile" }] : []
    return close(ui, ...search)
  }
  if (key === "esc") return close(withFilter(ui, over.view, over.before))
  const text = typed(over.text, event)
  return text === undefined ? stay(ui, over) : stay(withFilter(ui, over.view, text), { ...over, text })
}

const save = (ui: Ui, over: Of<"Save">, event: KeyEvent): Updated => {
  const key = keyOf(event)
  if (key === "esc") return close(ui)
  if (key === "enter") return over.text.trim() === "" ? stay(ui, over) : close(ui, { _tag: "SaveLines", path: over.text.trim() })
  const text = typed(over.text, event)
  return text === undefined ? stay(ui, over) : stay(ui, { ...over, text })
}

/** Most typed commands that are remembered. */
const mostTyped = 50
const chosen = (ui: Ui, { index, text }: Of<"Palette">, entry: PaletteEntry, around: Surroundings, act: Act): Updated => {
  // Only whole commands come back: a few letters that found an entry mean something else tomorrow.
  const isTyped = index === 0 && around.isCommand(text)
  const typedBefore = ui.typed.filter((one) => one !== text.trim())
  const kept = isTyped ? [...typedBefore, text.trim()].slice(-mostTyped) : ui.typed
  const closed: Ui = { ...ui, over: none, typed: kept }
  const next = act(closed, entry.act, around)
  const remembers: ReadonlyArray<Command> = isTyped ? [{ _tag: "Remember" }] : []
  const told: Ui =
    entry.line === "" || next.ui.message !== undefined
      ? next.ui
      : { ...next.ui, message: { text: `$ ${entry.line}`, tone: "plain" } }
  return { ui: told, commands: [...next.commands, ...remembers] }
}
/** One step through what was typed before; 0 is the empty field. */
const recalled = (ui: Ui, over: Of<"Palette">, by: 1 | -1): Updated => {
  const back = within(over.back + by, ui.typed.length + 1)
  return stay(ui, { ...over, back, index: 0, text: back === 0 ? "" : (ui.typed.at(-back) ?? "") })
}
const palette = (ui: Ui, over: Of<"Palette">, event: KeyEvent, around: Surroundings, act: Act): Updated => {
  const key = keyOf(event)
  const entries = around.palette(over.text)
  if (key === "esc") return close(ui)
  if (key === "enter") {
    const entry = entries[within(over.index, entries.length)]
    return entry === undefined ? stay(ui, over) : chosen(ui, over, entry, around, act)
  }
  if (key === "up" && over.index === 0) return recalled(ui, over, 1)
  if (key === "down" && over.back > 0) return recalled(ui, over, -1)
  if (step(key) !== 0) return stay(ui, { ...over, index: within(over.index + step(key), entries.length) })
  const text = typed(over.text, event)
  return text === undefined ? stay(ui, over) : stay(ui, { ...over, text, index: 0, back: 0 })
}

/** Stages that the picker shows for what was typed. */
export const picked = (pickable: ReadonlyArray<string>, text: string): ReadonlyArray<string> =>
  pickable.filter((name) => name.toLowerCase().includes(text.toLowerCase()))

const stages = (ui: Ui, over: Of<"Stages">, event: KeyEvent, around: Surroundings): Updated => {
  const key = keyOf(event)
  const rows = picked(around.pickable, over.text)
  const row = rows[within(over.index, rows.length)]
  const use = (list: ReadonlyArray<string>): Updated =>
    close({ ...ui, logs: { ...ui.logs, filter: { ...ui.logs.filter, stages: list }, cursor: undefined, file: false } })
  if (key === "esc") return close(ui)
  if (key === "enter") return use(over.chosen.length > 0 ? over.chosen : row === undefined ? [] : [row])
  if (key === "C-u" && over.text === "") return use([])
  if (key === "space" && row !== undefined) {
    const list = over.chosen.includes(row) ? over.chosen.filter((name) => name !== row) : [...over.chosen, row]
    return stay(ui, { ...over, chosen: list })
  }
  if (step(key) !== 0) return stay(ui, { ...over, index: within(over.index + step(key), rows.length) })
  const text = typed(over.text, event)
  return text === undefined ? stay(ui, over) : stay(ui, { ...over, text, index: 0 })
}

const pages: Readonly<Record<string, number>> = { pagedown: 10, pageup: -10, "C-d": 10, "C-u": -10, home: -1e6, end: 1e6 }
const help = (ui: Ui, over: Of<"Help">, event: KeyEvent): Updated => {
  const key = keyOf(event)
  if (key === "esc" || key === "enter" || key === "f1" || (over.text === "" && (key === "q" || key === "?"))) return close(ui)
  const by = step(key) || (pages[key] ?? 0)
  if (by !== 0) return stay(ui, { ...over, top: Math.max(0, over.top + by) })
  const text = typed(over.text, event)
  return text === undefined ? stay(ui, over) : stay(ui, { ...over, text, top: 0 })
}

/** The command itself, or its grace when it can be taken back for a moment. */
export const agreed = (ui: Ui, question: Question, around: Surroundings): Updated => {
  const grace = graceOf(question.kind)
  const told: Ui = { ...ui, over: none, message: { text: `$ ${question.line}`, tone: "plain" } }
  if (grace === 0) return { ui: told, commands: [question.command] }
  return {
    ui: { ...told, grace: { command: question.command, label: question.label, until: around.clock + grace } },
    commands: []
  }
}
/** A question is answered yes only by what its class asks for. The verb's own key never confirms. */
const confirm = (ui: Ui, over: Of<"Confirm">, event: KeyEvent, around: Surroundings): Updated => {
  const { question } = over
  const key = keyOf(event)
  if (key === "esc") return refused(ui)
  if (question.certainty === "name") {
    if (key === "enter") return over.typed === question.name ? agreed(ui, question, around) : stay(ui, over)
    const text = typed(over.typed, event)
    return text === undefined ? stay(ui, over) : stay(ui, { ...over, typed: text })
  }
  if (key === "y" || (key === "enter" && question.certainty === "key")) return agreed(ui, question, around)
  return key === "n" || key === "q" || (key === "enter" && question.certainty === "yes") ? refused(ui) : stay(ui, over)
}
const refused = (ui: Ui): Updated => close({ ...ui, message: { text: "nothing was done", tone: "plain" } })
export const isAnswered = (question: Question, text: string): boolean => question.certainty !== "name" || text === question.name

const choose = (ui: Ui, over: Of<"Choose">, event: KeyEvent, around: Surroundings, act: Act): Updated => {
  const key = keyOf(event)
  const choice = over.choices.find((c) => c.key === key)
  if (choice?.command !== undefined) return close(ui, choice.command)
  if (choice?.ask !== undefined) return act({ ...ui, over: none }, choice.ask, around)
  return choice !== undefined || key === "esc" || key === "n" ? close(ui) : stay(ui, over)
}

const inspector = (ui: Ui, over: Of<"Inspect">, event: KeyEvent, around: Surroundings, act: Act): Updated => {
  const key = keyOf(event)
  if (key === "esc" || key === "q" || key === "enter" || key === "i" || key === "h" || key === "left") return close(ui)
  if (key === "L") return act({ ...ui, over: none }, { _tag: "ShowLogs" }, around)
  if (key === "y" || key === "Y") return act(ui, { _tag: "CopyView" }, around)
  const by = key === "j" ? 1 : key === "k" ? -1 : key === "G" ? 1e6 : step(key) || (pages[key] ?? 0)
  return by === 0 ? stay(ui, over) : stay(ui, { ...over, top: Math.max(0, over.top + by) })
}

const tree = (ui: Ui, over: Of<"Tree">, event: KeyEvent, around: Surroundings, act: Act): Updated => {
  const key = keyOf(event)
  const rows = around.tree
  const at = within(over.index, rows.length)
  const row = rows[at]
  const turn = (): Updated =>
    row?.kind === "branch" ? stay(ui, { ...over, turned: toggled(over.turned, row.id) }) : stay(ui, over)
  const go = (index: number): Updated => stay(ui, { ...over, index: within(index, rows.length) })
  if (key === "esc" || key === "q" || key === "i") return close(ui)
  if (key === "L") return act({ ...ui, over: none }, { _tag: "ShowLogs" }, around)
  if (key === "y") return act(ui, { _tag: "CopyLine" }, around)
  if (key === "Y") return act(ui, { _tag: "CopyView" }, around)
  if (key === "enter" || key === "space") return turn()
  if (key === "l" || key === "right") return row?.isOpen === true ? go(at + 1) : turn()
  if (key === "h" || key === "left") return row?.isOpen === true ? turn() : go(parentOf(rows, at))
  const by = key === "j" ? 1 : key === "k" ? -1 : key === "G" ? 1e6 : step(key) || (pages[key] ?? 0)
  return go(at + by)
}
const columns = (ui: Ui, over: Of<"Columns">, event: KeyEvent, around: Surroundings): Updated => {
  const key = keyOf(event)
  const rows = around.columns(over.text)
  const row = rows[within(over.index, rows.length)]
  if (key === "esc") return close(ui)
  if (key === "enter" && row !== undefined) {
    const text = `$ tetra assets export ${row.asset} --format csv   (${row.column})`
    return close({ ...ui, chart: 0, message: { text, tone: "plain" } }, { _tag: "ChartColumn", ...row })
  }
  if (step(key) !== 0) return stay(ui, { ...over, index: within(over.index + step(key), rows.length) })
  const text = typed(over.text, event)
  return text === undefined ? stay(ui, over) : stay(ui, { ...over, text, index: 0 })
}
const savePath = (ui: Ui, over: Of<"SavePath">, event: KeyEvent): Updated => {
  const key = keyOf(event)
  if (key === "esc") return close({ ...ui, message: { text: "nothing was saved", tone: "plain" } })
  const path = over.text.trim()
  if (key === "enter") return path === "" ? stay(ui, over) : close(ui, { _tag: "SaveChart", chart: over.chart, path })
  const text = typed(over.text, event)
  return text === undefined ? stay(ui, over) : stay(ui, { ...over, text })
}

export const updateOverlay = (ui: Ui, event: KeyEvent, around: Surroundings, act: Act): Updated => {
  const { over } = ui
  switch (over._tag) {
    case "Prompt":
      return prompt(ui, over, event)
    case "Save":
      return save(ui, over, event)
    case "Palette":
      return palette(ui, over, event, around, act)
    case "Stages":
      return stages(ui, over, event, around)
    case "Help":
      return help(ui, over, event)
    case "Confirm":
      return confirm(ui, over, event, around)
    case "Choose":
      return choose(ui, over, event, around, act)
    case "Inspect":
      return inspector(ui, over, event, around, act)
    case "Columns":
      return columns(ui, over, event, around)
    case "Tree":
      return tree(ui, over, event, around, act)
    case "SavePath":
      return savePath(ui, over, event)
    case "CopyMode":
      return event._tag === "Key" && ["esc", "q", "m", "enter"].includes(event.key) ? close(ui) : { ui, commands: [] }
    default:
      return { ui, commands: [] }
  }
}
