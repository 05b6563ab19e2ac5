import { describe, expect, it } from "vitest"
import { keymap } from "../../src/model/keymap.ts"
import { preferencesFrom, preferencesText, uiWith } from "../../src/model/preferences.ts"
import { nameOf, remap } from "../../src/model/remap.ts"
import { start } from "../../../core/src/testing/recorder.ts"
import { finished, recording } from "../support/aRun.ts"
import { anEmptyWorld, aWorld, everything } from "../support/aScene.ts"
import type { World } from "../../src/model/World.ts"
import { aPerson } from "../support/aPerson.ts"

const mouse = (act: "press" | "drag" | "release", x: number, y: number) => ({ _tag: "Mouse", act, x, y, by: 0 }) as const
const wheel = (by: number) => ({ _tag: "Mouse", act: "wheel", x: 0, y: 0, by }) as const
const rowOf = (screen: ReadonlyArray<string>, text: RegExp) => screen.findIndex((row) => text.test(row))

describe("q while a run is under way", () => {
  it("offers to leave it to its server where it is in one, and asks nothing where it is not followed from here", () => {
    const world = aWorld(recording())
    const leaving = (link: World["link"], keys: string) => {
      const person = aPerson({ ...world, link })
      person.press(keys)
      return {
        commands: person.commands.map(({ _tag }) => _tag),
        offers: person.screen().join("\n").includes("leave it to the server")
      }
    }
    const here = { _tag: "InProcess" } as const
    expect(leaving({ ...here, inServer: true }, "q")).toEqual({ commands: [], offers: true })
    expect(leaving({ ...here, inServer: true }, "q d")).toEqual({ commands: ["Detach"], offers: false })
    expect(leaving({ ...here, inServer: true }, "q x").commands).toEqual(["Interrupt"])
    expect(leaving({ ...here, inServer: true }, "q esc").commands).toEqual([])
    expect(leaving(here, "q")).toEqual({ commands: [], offers: false })
    expect(leaving(here, "q d").commands).toEqual([])
    expect(leaving({ _tag: "Attached", state: "live", lostAt: undefined, ageMs: 0 }, "q").commands).toEqual(["Leave"])
  })
})
describe("other keys", () => {
  it("take the place of the usual ones, in the footer as well", () => {
    const { keymap: table, problems } = remap({ cancel: "X", retry: ["C-r", "gx"] })
    expect(problems).toEqual([])
    expect(aPerson(aWorld(recording()), { ...everything, keymap: table }).footer()).toContain(" X cancel ")
    const person = aPerson(aWorld(finished()), { ...everything, keymap: table })
    expect(person.footer()).not.toContain("cancel")
    person.press("R")
    expect(person.ui().over._tag).toBe("None")
    person.press("g x")
    expect(person.ui().over._tag).toBe("Choose")
    person.press("f")
    expect(person.ui().over._tag).toBe("Confirm")
  })
  it("are refused when a key has a meaning already, in a place where both hold", () => {
    expect(remap({ cancel: "r" }).problems).toEqual([
      { name: "cancel", message: '"r" is run already', hint: "give run another key, or choose another one" }
    ])
    expect(remap({ cancel: "r", run: "x" }).problems).toEqual([])
    // One key may mean two things where the two never hold together.
    expect(remap({ sort: "w" }).problems).toEqual([])
    expect(remap({ wrap: "g" }).problems.map(({ message }) => message)).toEqual(['"gg" is first already'])
  })
  it("are refused when the name, or the key, does not exist, or when it is Ctrl-C", () => {
    const messages = (keys: Record<string, string>) => remap(keys).problems.map(({ hint, message }) => `${message}; ${hint}`)
    expect(messages({ cancle: "X" })).toEqual(['the dashboard does nothing called "cancle"; did you mean cancel?'])
    expect(messages({ cancel: "bogus" })[0]).toContain('"bogus" is no key; write a sign')
    expect(messages({ run: "C-c" })[0]).toContain("C-c stops the run and nothing else")
  })
  it("have a name for every binding, the same for the same deed", () => {
    const names = new Map(keymap.map((binding) => [JSON.stringify(binding.intent), nameOf(binding)]))
    expect(new Set(names.values()).size).toBe(names.size)
    expect([...names.values()].filter((name) => !/^[a-z]+(?:-[a-z]+)*$/u.test(name))).toEqual([])
  })
})
describe("what is remembered of a person", () => {
  const kept = { split: { wide: 2, middle: -3, small: 0 }, frameless: true, typed: ["why"], theme: "monochrome", mouse: true }
  it("comes back as it was", () => {
    expect(preferencesFrom(preferencesText(kept))).toEqual(kept)
    expect(uiWith(kept)).toMatchObject({ split: kept.split, frameless: true, typed: ["why"] })
  })
  it("is nothing when the file is damaged, of another kind, or holds what no dashboard writes", () => {
    const text = preferencesText(kept)
    for (const broken of [
      "",
      "{",
      "null",
      "[]",
      text.slice(0, 40),
      text.replace("@1", "@9"),
      text.replace("-3", "1e9"),
      text.replace('"why"', "1")
    ])
      expect(preferencesFrom(broken), broken).toBeUndefined()
  })
})
describe("panes", () => {
  it("grow and shrink by keys, for each class of width by itself, and say so where there is one only", () => {
    const person = aPerson(aWorld(finished()))
    const edge = () => rowOf(person.screen(), /─ Logs/u)
    const before = edge()
    person.press("+ +")
    expect(edge()).toBe(before - 2)
    expect(person.ui().split).toEqual({ wide: 0, middle: 2, small: 0 })
    expect(person.commands).toContainEqual({ _tag: "Remember" })
    const small = aPerson(aWorld(finished()), everything, { width: 50, height: 20 })
    small.press("+")
    expect(small.footer()).toContain("there is one pane only")
  })
})
describe("the mouse", () => {
  it("opens the view of a tab, of a pane, and selects the row under it", () => {
    const person = aPerson(aWorld(finished()))
    const tabs = person.screen()[0] ?? ""
    person.event(mouse("press", tabs.indexOf("4", tabs.indexOf("[1")), 0))
    expect(person.ui().view).toBe("logs")
    person.press("1")
    person.event(mouse("press", 20, rowOf(person.screen(), /─ Logs/u) + 2))
    expect(person.ui().view).toBe("logs")
    person.press("1")
    for (const name of ["indicators", "fetch"]) {
      const y = rowOf(person.screen(), new RegExp(`[├└] . ${name}`, "u"))
      person.event(mouse("press", 6, y))
      expect(person.ui().stage, name).toMatch(new RegExp(`${name}$`, "u"))
    }
    person.event(mouse("press", 6, rowOf(person.screen(), /› .*fetch/u)))
    expect(person.ui().over).toMatchObject({ _tag: "Inspect" })
  })
  it("drags the edge between two panes", () => {
    const person = aPerson(aWorld(finished()))
    const y = rowOf(person.screen(), /─ Logs/u)
    person.event(mouse("press", 30, y))
    person.event(mouse("drag", 30, y - 3))
    person.event(mouse("release", 30, y - 3))
    expect(rowOf(person.screen(), /─ Logs/u)).toBe(y - 3)
    expect(person.ui().dragged).toBeUndefined()
  })
  it("turns by rows, and never further than a page at once", () => {
    const person = aPerson(aWorld(finished()))
    person.press("0")
    person.event(wheel(-3))
    const at = person.ui().events.cursor ?? 0
    person.event(wheel(1))
    expect(person.ui().events.cursor).toBeGreaterThan(at)
    const page = 36 - 4
    const logs = aPerson(
      aWorld(
        Array.from(
          { length: 200 },
          (_, n) =>
            ({
              _tag: "Log",
              run: "",
              at: start + n,
              stage: undefined,
              partition: null,
              level: "info",
              message: String(n),
              fields: {}
            }) as const
        )
      )
    )
    logs.press("4")
    logs.event(wheel(-100_000))
    expect(logs.ui().logs.cursor).toBe(199 - page)
  })
  it("does nothing on an empty place or behind a dialog", () => {
    const person = aPerson(anEmptyWorld())
    for (const [x, y] of [
      [0, 0],
      [119, 35],
      [5, 5]
    ] as const)
      person.event(mouse("press", x, y))
    person.press("?")
    person.event(mouse("press", 100, 0))
    expect(person.ui().over._tag).toBe("Help")
    expect(person.commands.filter(({ _tag }) => _tag !== "Load")).toEqual([])
  })
})
describe("panes", () => {
  it("take the keys one after the other, and give them back with esc", () => {
    const person = aPerson(aWorld(finished()))
    person.press("S-tab")
    expect(rowOf(person.screen(), /◆ Logs/u)).toBeGreaterThan(0)
    person.press("w k")
    expect(person.ui()).toMatchObject({ view: "overview", pane: "logs", logs: { wrap: true } })
    expect(person.ui().logs.cursor).toBeDefined()
    person.press("Z")
    expect(rowOf(person.screen(), /Stages/u)).toBe(-1)
    // First the size, then the place in the log, then the pane.
    person.press("esc esc esc")
    expect(person.ui()).toMatchObject({ view: "overview", pane: undefined, maximised: false, trail: [] })
  })
  it("lead where the keys of the screen lead, and back to the view that they are in", () => {
    const person = aPerson(aWorld(finished()))
    person.press("S-tab 4")
    expect(person.ui()).toMatchObject({ view: "logs", pane: undefined })
    person.press("esc")
    expect(person.ui().view).toBe("overview")
  })
  it("are views where there is room for one only", () => {
    const person = aPerson(aWorld(finished()), everything, { width: 50, height: 20 })
    person.press("tab")
    expect(person.ui().view).toBe("graph")
  })
})
describe("the inspector of an event", () => {
  it("is a tree that folds, and copies a value or everything", () => {
    const person = aPerson(aWorld(finished()))
    person.press("0 gg")
    person.press("enter")
    const rows = () =>
      person
        .screen()
        .slice(1, -1)
        .map((row) => row.replaceAll(/^│ | +│$/gu, ""))
    expect(rows()[0]).toContain("Inspector › RunRequested 1")
    const open = rows().findIndex((row) => /▾ trigger/u.test(row))
    expect(rows()[open + 1]).toMatch(/kind +"cli"/u)
    for (let n = 1; n < open; n++) person.press("j")
    person.press("enter")
    expect(rows()[open]).toMatch(/› ▸ trigger +\{\d\}/u)
    expect(rows()[open + 1]).not.toMatch(/kind/u)
    person.press("l")
    person.press("l y")
    expect(person.commands.at(-1)).toMatchObject({ _tag: "Copy", text: 'trigger.kind: "cli"' })
    // Back to the branch, and then its key folds it.
    person.press("h h Y")
    expect(rows()[open]).toContain("▸ trigger")
    expect(JSON.parse((person.commands.at(-1) as { readonly text: string }).text)).toMatchObject({ _tag: "RunRequested", seq: 1 })
    person.press("esc")
    expect(person.ui()).toMatchObject({ view: "events", over: { _tag: "None" } })
  })
})
