import { describe, expect, it } from "vitest"
import { argumentWords, commandWords, groupsIn } from "../../src/completions/CommandWords.ts"
import { buildProgram } from "../../src/program.ts"

const all = commandWords()
const at = (path: string) => all.find((command) => command.path === path)!
const flag = (path: string, long: string) => at(path).flags.find((one) => one.long === long)!

describe("what completion knows of the commands", () => {
  it("is the whole tree, with the words that arguments take as their help tells them", () => {
    expect(at("").children.map(({ name }) => name)).toEqual(expect.arrayContaining(["run", "assets", "doctor"]))
    expect(groupsIn(all)).toEqual(expect.arrayContaining(["assets", "config", "plugins", "state"]))
    const program = buildProgram("0.0.0", async () => {})
    for (const [path, words] of Object.entries(argumentWords)) {
      const command = program.commands.find((one) => one.name() === path)
      const told = command?.registeredArguments[0]?.description.split(/[\s,;]+/u) ?? []
      expect(words.filter((word) => !told.includes(word))).toEqual([])
    }
  })
  it("names of the project go where a placeholder or a flag is called so", () => {
    expect(flag("run", "--mode")).toMatchObject({ short: "-m", names: ["mode"] })
    expect(flag("run", "--resume").names).toEqual(["run"])
    expect(flag("dev", "--run").names).toEqual(["mode"])
    expect(flag("logs", "--pipeline").names).toEqual(["pipeline"])
    expect(at("can-run").names).toEqual(["pipeline"])
    expect(at("report").names).toEqual(["run", "asset"])
    expect(at("assets export").names).toEqual(["asset"])
  })
  it("and nowhere else", () => {
    expect(flag("run", "--theme")).toMatchObject({ names: [], choices: expect.arrayContaining(["monochrome"]) })
    expect(flag("run", "--days")).toMatchObject({ names: [], choices: [], takesValue: true })
    expect(at("plugins new").names).toEqual([])
  })
})
