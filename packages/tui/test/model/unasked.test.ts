import { describe, expect, it } from "vitest"
import { recording } from "../support/aRun.ts"
import { aPerson } from "../support/aPerson.ts"
import { anEmptyWorld, aWorld, everything } from "../support/aScene.ts"

const small = { width: 80, height: 20 }
const textOf = (person: { readonly screen: () => ReadonlyArray<string> }): string => person.screen().join("\n")

describe("what is shown unasked", () => {
  it("is the part of a long table that is under way, and the first key down begins there", () => {
    const person = aPerson(aWorld(recording()), everything, small)
    expect(textOf(person)).toMatch(/▲ \d+ more/u)
    expect(textOf(person)).toMatch(/▶ indicators/u)
    expect(textOf(person)).not.toMatch(/✔ fetch/u)
    person.press("j")
    expect(person.screen().findIndex((row) => row.includes("›"))).toBeLessThan(6)
    person.press("gg")
    expect(textOf(person)).toMatch(/› ▾ ✔ data_pipeline/u)
    person.press("j")
    expect(textOf(person)).toMatch(/› ├ ✔ fetch/u)
  })
  it("calls a stage without its pipeline, unless another one is called so", () => {
    const person = aPerson(aWorld(recording()))
    person.press("0")
    expect(textOf(person)).toMatch(/StageStarted +fetch /u)
    const plan = aWorld(recording()).run.plan!
    const twin = { ...plan.stages[0]!, name: "metrics_pipeline.fetch", pipeline: "metrics_pipeline" }
    const world = aWorld(recording())
    const twins = aPerson({ ...world, run: { ...world.run, plan: { ...plan, stages: [...plan.stages, twin] } } })
    twins.press("0")
    expect(textOf(twins)).toMatch(/StageStarted +data_pipeline.fetch /u)
  })
  it("says where esc leads, and keeps the keys of the view beside it in 80 columns", () => {
    const person = aPerson(anEmptyWorld(), everything, { width: 80, height: 24 })
    person.press("3 4 6")
    expect(person.footer()).toMatch(/^ esc Logs .*mark.*\? help {2}q quit/u)
  })
  it("is in the help all that a wide screen has room for, the keys of the view first", () => {
    const person = aPerson(anEmptyWorld(), everything, { width: 200, height: 50 })
    person.press("3 ?")
    const text = textOf(person)
    const titles = ["In Stages", "Moving", "Views", "Everywhere", "What the signs mean"]
    expect(titles.filter((title) => text.includes(title))).toEqual(titles)
    expect(text).toMatch(/C-c {2}stop the run/u)
    person.type("sort")
    expect(textOf(person)).toMatch(/In Stages[^]*sort: plan/u)
    expect(textOf(person)).not.toContain("Everywhere")
  })
  it("does not hide the keys behind what is merely worth knowing", () => {
    const world = aWorld(recording())
    const warned = { ...world.run, warnings: [{ message: "clamped to 2 cpus", hint: "", stage: undefined }], stages: new Map() }
    const person = aPerson({ ...world, run: warned })
    expect(textOf(person)).toContain("clamped to 2 cpus")
    expect(person.footer()).not.toContain("clamped")
  })
})
