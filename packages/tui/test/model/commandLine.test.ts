import { describe, expect, it } from "vitest"
import { readCommand } from "../../src/model/commandLine.ts"
import { finished } from "../support/aRun.ts"
import { aWorld } from "../support/aScene.ts"
import { aPerson } from "../support/aPerson.ts"

const known = {
  stages: ["data_pipeline.fetch", "data_pipeline.check", "metrics_pipeline.features", "other.check"],
  run: "20260131t1215-412",
  runLine: "tetra run --mode weekly",
  themes: ["default", "monochrome"]
}
const read = (text: string) => readCommand(text, known)

describe("what is typed after the colon", () => {
  it("means what the command line means, and says it", () => {
    expect(read("retry 412 --stage features")).toMatchObject({
      line: "tetra retry 412 --stage metrics_pipeline.features",
      act: { _tag: "Ask", verb: "retry", of: { run: "412", stages: ["metrics_pipeline.features"] } }
    })
    expect(read('tetra logs --stage fetch --level warn --grep "time out"')).toMatchObject({
      line: 'tetra logs --stage data_pipeline.fetch --level warn --grep "time out"',
      act: { _tag: "Narrow", filter: { stages: ["data_pipeline.fetch"], level: "warn", text: "time out" } }
    })
    expect(read("cancel")).toMatchObject({ line: `tetra cancel ${known.run}`, act: { _tag: "Ask", verb: "cancel" } })
    expect(read("why features")).toMatchObject({ act: { _tag: "Why", stage: "metrics_pipeline.features" } })
    expect(read("why")).toMatchObject({ line: `tetra why ${known.run}`, act: { _tag: "Why", stage: undefined } })
    expect(read("run --force")).toMatchObject({ line: "tetra run --mode weekly --force", act: { verb: "force" } })
    const again = { ...known, runLine: "tetra run --force --mode weekly" }
    expect(readCommand("run --force", again)).toMatchObject({ line: "tetra run --force --mode weekly" })
    expect(read("show 409")).toMatchObject({ act: { _tag: "Command", command: { _tag: "OpenRun", run: "409" } } })
    expect(read("theme monochrome")).toMatchObject({ act: { command: { _tag: "Set", setting: "theme", value: "monochrome" } } })
    expect(read("mouse on")).toMatchObject({ line: "tetra ui --mouse", act: { command: { setting: "mouse", value: "on" } } })
    expect(read("logs --stage=data_pipeline")).toMatchObject({ act: { filter: { stages: ["data_pipeline"] } } })
  })
  it("is told what is wrong with it", () => {
    const why = (text: string) => {
      const act = read(text)?.act
      return act?._tag === "Refuse" ? act.why : act
    }
    expect(why("retry --stage check")).toBe("2 pipelines have a stage check: write one of data_pipeline.check, other.check")
    expect(why("retry --stage feat")).toBe("this run has no stage feat: did you mean metrics_pipeline.features?")
    expect(why("logs --level loud")).toBe("there is no level loud: debug, info, warn, error")
    expect(why("logs --colour red")).toBe("logs has no option --colour: logs [--stage NAME] [--level LEVEL] [--grep TEXT]")
    expect(why("logs --stage")).toBe("--stage needs a value: logs [--stage NAME] [--level LEVEL] [--grep TEXT]")
    expect(why("cancel 412 413")).toBe('"413" is too much: cancel [RUN]')
    expect(why("theme pink")).toBe("theme is one of default, monochrome")
    expect(why("mouse")).toBe("mouse is one of on, off")
    expect(why("show")).toBe("name a run: show RUN")
  })
  it("is no command when it does not begin with one", () => {
    for (const text of ["", "lo", "constructor", "__proto__ x", "--force"]) expect(read(text)).toBeUndefined()
  })
})
describe("the palette", () => {
  const person = () => aPerson(aWorld(finished()))
  it("finds entries by their letters, with key and command line", () => {
    const one = person()
    one.press(":")
    one.type("lgsselstg")
    expect(one.screen().join("\n")).not.toContain("no command has these letters")
    one.press("C-u")
    one.type("go on from")
    expect(one.screen().join("\n")).toMatch(/› go on from where the run failed .* R .*tetra retry/u)
  })
  it("asks before a typed verb as before its key, repeats with a dot, and the dot asks again", () => {
    const one = person()
    one.press(":")
    one.type("retry --stage fetch")
    one.press("enter")
    expect(one.ui().over._tag).toBe("Confirm")
    expect(one.commands.filter(({ _tag }) => _tag === "Retry")).toEqual([])
    one.press("esc .")
    expect(one.ui().over._tag).toBe("Confirm")
    one.press("y")
    expect(one.commands).toContainEqual(expect.objectContaining({ _tag: "Retry", stages: ["data_pipeline.fetch"] }))
  })
  it("recalls what was typed with the arrow, newest first, and offers it in an empty field", () => {
    const one = person()
    for (const text of ["logs --level warn", "why fetch"]) {
      one.press(":")
      one.type(text)
      one.press("enter")
      one.press("esc")
    }
    expect(one.ui().typed).toEqual(["logs --level warn", "why fetch"])
    one.press(":")
    expect(one.screen().join("\n")).toContain("again: why fetch")
    one.press("up")
    expect(one.ui().over).toMatchObject({ text: "why fetch" })
    one.press("up up")
    expect(one.ui().over).toMatchObject({ text: "logs --level warn" })
    one.press("down down")
    expect(one.ui().over).toMatchObject({ text: "" })
  })
  it("remembers whole commands only, not the letters that found an entry", () => {
    const one = person()
    one.press(":")
    one.type("wrap")
    one.press("enter :")
    one.type("theme pink")
    one.press("enter")
    expect(one.ui().typed).toEqual([])
    expect(one.footer()).toContain("theme is one of")
  })
})
