import { describe, expect, it } from "vitest"
import { certaintyOf, type VerbClass } from "../../src/model/classes.ts"
import { answered, graceMs, settled, type Sent, toastRows, withToast } from "../../src/model/toasts.ts"
import { initialUi, type Ui } from "../../src/model/Ui.ts"
import { finished, recording } from "../support/aRun.ts"
import { anEmptyWorld, aWorld, everything } from "../support/aScene.ts"
import { aPerson } from "../support/aPerson.ts"

const running = () => aWorld(recording())
const failed = () => aWorld(finished())
const changing = new Set(["Run", "Retry", "Cancel"])
const done = (person: ReturnType<typeof aPerson>) => person.commands.filter(({ _tag }) => changing.has(_tag))

describe("the classes of commands", () => {
  it("ask for more the more a slip would cost, and for one class more in production", () => {
    const asked = (isProduction: boolean) =>
      (["safe", "starts", "disturbs", "destructive"] satisfies ReadonlyArray<VerbClass>).map((kind) =>
        certaintyOf(kind, isProduction)
      )
    expect(asked(false)).toEqual(["none", "key", "yes", "name"])
    expect(asked(true)).toEqual(["none", "yes", "name", "name"])
  })
  it("start work with y or enter, and say what will run and what it is on the command line", () => {
    const person = aPerson(failed())
    person.press("r")
    expect(person.screen().join("\n")).toContain("same as: tetra run --mode weekly")
    person.press("enter")
    expect(done(person)).toEqual([{ _tag: "Run", force: false }])
    expect(person.footer()).toContain("$ tetra run --mode weekly")
  })
  it("never take the verb's own key, enter or q for a yes to what disturbs", () => {
    for (const key of ["x", "enter", "q", "n", "esc", "space"]) {
      const person = aPerson(running())
      person.press(`x ${key}`)
      expect(person.ui().grace, key).toBeUndefined()
      expect(done(person), key).toEqual([])
    }
  })
  it("have the name typed for what throws something away", () => {
    const person = aPerson(failed())
    person.press("F")
    person.type("weekl")
    person.press("enter")
    expect(done(person)).toEqual([])
    person.type("y")
    person.press("enter")
    expect(done(person)).toEqual([{ _tag: "Run", force: true }])
  })
  it("show a badge in production, do not start with enter, and have its label typed before the name", () => {
    const person = aPerson(failed(), { ...everything, production: "production" })
    expect(person.screen()[0]).toContain("PRODUCTION")
    person.press("r enter")
    expect(done(person)).toEqual([])
    person.press("F")
    person.type("weekly")
    person.press("enter")
    expect(done(person)).toEqual([])
    person.press("C-u")
    person.type("production weekly")
    person.press("enter")
    expect(done(person)).toEqual([{ _tag: "Run", force: true }])
  })
  it("are not offered at all where one may only look: not in the footer, the help, the palette, nor by name", () => {
    const person = aPerson(failed(), { ...everything, readOnly: true })
    expect(person.footer()).not.toMatch(/ run | retry | cancel /u)
    person.press("?")
    expect(person.screen().join("\n")).not.toMatch(/cancel the run|run again/u)
    person.press("esc :")
    person.type("cancel")
    expect(person.screen().join("\n")).not.toMatch(/cancel the run|cancel run/u)
    person.press("esc r")
    expect(person.ui().over._tag).toBe("None")
    expect(person.footer()).toContain("only looks")
  })
})
describe("the grace", () => {
  it("holds a cancellation back for three seconds, counts them, and u takes it back", () => {
    const person = aPerson(running())
    person.press("x y")
    expect(done(person)).toEqual([])
    expect(person.ui().grace?.until).toBe(1000 + graceMs)
    expect(person.footer()).toContain("cancel in 3 s ███ u takes it back")
    person.pass(2100)
    expect(person.footer()).toContain("cancel in 1 s █░░ u takes it back")
    person.press("u")
    expect(person.ui().grace).toBeUndefined()
    expect(person.footer()).toContain("cancel was taken back")
  })
  it("lets nothing else begin before it is over", () => {
    const person = aPerson(running())
    person.press("x y x")
    expect(person.ui().over._tag).toBe("None")
    expect(person.ui().message?.text).toContain("u takes it back")
  })
  it("says what can be taken back when there is nothing", () => {
    const person = aPerson(running())
    person.press("u")
    expect(person.footer()).toContain("there is nothing to take back")
  })
})
describe("a command on its way", () => {
  const { run: runId } = running().run
  const sent: Sent = { key: "k", label: "cancel", command: { _tag: "Cancel" }, state: "sent", reason: "", at: 0, run: runId }
  const ui: Ui = { ...initialUi, sent: [sent] }
  const row = (next: Ui, clock = 0) => toastRows(next, clock).map(({ text }) => text)
  it("is sent, accepted, and applied only when the run shows it", () => {
    expect(row(ui)).toEqual(["cancel: sent"])
    const accepted = answered(ui, "k", "accepted", "", 10)
    expect(row(accepted)).toEqual(["cancel: sent, accepted"])
    expect(settled(accepted, running(), 20)).toEqual(accepted)
    expect(row(settled(accepted, failed(), 20), 20)).toEqual(["cancel: sent, accepted, applied"])
    expect(row(settled(accepted, failed(), 20), 60_000)).toEqual([])
  })
  it("is refused with the reason, and stays refused", () => {
    const refused = answered(ui, "k", "refused", "nothing is running", 10)
    expect(row(refused)).toEqual(["cancel: refused: nothing is running"])
    expect(row(answered(refused, "k", "applied", "", 20))).toEqual(["cancel: refused: nothing is running"])
    expect(row(settled(refused, failed(), 20))).toEqual(["cancel: refused: nothing is running"])
  })
})
describe("notes", () => {
  it("stay by their level, stack up to three, count what is above, and count the same text", () => {
    let ui = withToast(initialUi, "kept", "good", 0)
    ui = withToast(ui, "kept", "good", 100)
    ui = withToast(ui, "slow", "warn", 200)
    expect(toastRows(ui, 300)).toEqual([
      { text: "kept (2 times)", tone: "good" },
      { text: "slow", tone: "warn" }
    ])
    for (const n of [1, 2, 3]) ui = withToast(ui, `broken ${n}`, "bad", 400 + n)
    expect(toastRows(ui, 500).map(({ text }) => text)).toEqual(["broken 1 (and 2 more)", "broken 2", "broken 3"])
    expect(toastRows(ui, 9000).map(({ text }) => text)).toEqual(["broken 1 (and 1 more)", "broken 2", "broken 3"])
    expect(toastRows(ui, 20_402).map(({ text }) => text)).toEqual(["broken 3"])
    expect(toastRows(ui, 30_000)).toEqual([])
  })
})
describe("going back", () => {
  it("goes back step by step the way one came, and shows it", () => {
    const person = aPerson(anEmptyWorld())
    person.press("2 4 0")
    expect(person.footer()).toContain("esc Logs")
    person.press("esc")
    expect(person.ui().view).toBe("logs")
    person.press("esc esc")
    expect([person.ui().view, person.ui().trail]).toEqual(["overview", []])
  })
  it("is not one step deeper in a view of the way", () => {
    const person = aPerson(anEmptyWorld())
    person.press("2 4 2 4 2 4")
    expect(person.ui().trail.map(({ view }) => view)).toEqual(["overview", "graph"])
  })
})
