import { Command, type CommanderError } from "commander"
import { describe, expect, it } from "vitest"
import { typed } from "../../src/commands/again.ts"
import { embeddedProject, nearest } from "@tetra/core/engine"
import { definePipeline, definePlugin, option } from "@tetra/core"
import { Effect, Schema } from "effect"
import { assignments, passThrough } from "../../src/parameters.ts"
import { checkOptions } from "../../src/request.ts"
import { usageRefusal } from "../../src/usage.ts"
import { buildProgram, type Call } from "../../src/program.ts"

/** What a handler would get for these words. */
const parse = async (...words: ReadonlyArray<string>): Promise<{ readonly command: string; readonly call: Call }> => {
  let got: { readonly command: string; readonly call: Call } | undefined
  const program = buildProgram("1.2.3", async (command, call) => {
    got = { command, call }
  })
  const silent = { writeErr: () => {}, writeOut: () => {} }
  const quiet = (command: Command): void => {
    command.configureOutput(silent)
    for (const child of command.commands) quiet(child)
  }
  quiet(program)
  await program.parseAsync([...words], { from: "user" })
  if (got === undefined) throw new Error("no command was performed")
  return got
}
const message = async (...words: ReadonlyArray<string>): Promise<string> =>
  await parse(...words).then(
    () => "accepted",
    (error: Error) => error.message
  )

describe("the words of the command line", () => {
  it("forget how a run was shown when they say how to run it again", () => {
    const words = "run --mode weekly --theme monochrome --mouse --exit-on-finish ok --color=never --ascii --days 3".split(" ")
    expect(typed(words)).toBe("tetra run --mode weekly --days 3")
    expect(typed(["run", "--exit-on-finish", "--screen-reader", "--param", "x=ok"])).toBe("tetra run --param x=ok")
  })
  it("pass options of pipelines through, in any order with the options of run", async () => {
    const { call } = await parse(
      "run",
      "--type",
      "all",
      "--mode",
      "weekly",
      "--scenario=all",
      "--refresh",
      "--pipeline",
      "a",
      "-p",
      "b",
      "--no-nlp"
    )
    expect(call.options).toMatchObject({ mode: "weekly", pipeline: ["a", "b"], output: "auto" })
    expect(passThrough(call.args)).toEqual({ type: "all", scenario: "all", refresh: true, nlp: false })
  })
  it("take a negative number as a value, and refuse a word that belongs to nothing", () => {
    expect(passThrough(["--shift", "-5", "--metrics_pipeline.min-bars", "10"])).toEqual({
      shift: "-5",
      "metrics_pipeline.min-bars": "10"
    })
    expect(() => passThrough(["weekly"])).toThrow('unexpected argument "weekly"')
  })
  it("keep everything after the first = of a parameter", () => {
    expect(assignments(["a=1", "url=http://x?y=z"])).toEqual({ a: "1", url: "http://x?y=z" })
  })
  it("refuse what is malformed and say what is needed", async () => {
    expect(await message("run", "--days", "0")).toContain("a whole number of at least 1")
    expect(await message("run", "--start-date", "2026-02-30")).toContain("a date like 2026-01-31")
    expect(await message("run", "--param", "x")).toContain("name=value")
  })
  it("offer the nearest of the words that an option takes", async () => {
    const told = async (...words: ReadonlyArray<string>) =>
      await parse(...words).catch(
        (error: CommanderError) =>
          usageRefusal(
            error,
            buildProgram("1", async () => {}),
            words
          )?.message
      )
    expect(await told("run", "--output", "plian")).toBe(
      '--output takes auto, tui, plain, json, and not "plian". Did you mean plain?'
    )
    expect(await told("run", "--days", "0")).toBe('--days "0": a whole number of at least 1 is needed')
  })
  it("are said as they were typed when no pipeline knows them, with a `no-` of the same kind", async () => {
    const parameters = Schema.Struct({ refresh: option(Schema.Boolean, { help: "", default: true }) })
    const pipeline = definePipeline({ name: "p", parameters, stages: () => ({}) })
    const plugin = definePlugin({ name: "words", version: "1.0.0", api: "^1.0", pipelines: { p: pipeline } })
    const project = await Effect.runPromise(embeddedProject({ cwd: import.meta.dirname, plugins: [plugin] }))
    const told = (...words: ReadonlyArray<string>): string => {
      try {
        checkOptions(passThrough(words), project)
        return "accepted"
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(told("--no-refresh")).toBe("accepted")
    expect(told("--no-refrsh")).toBe("unknown option --no-refrsh. Did you mean --no-refresh?")
    expect(told("--no-open")).toBe("unknown option --no-open.")
    expect(told("--no-force")).toBe("unknown option --no-force")
    expect(told("--force=false")).toBe("unknown option --force=false")
  })
  it("offer the nearest name for an unknown command or option", async () => {
    expect(await message("rnu")).toContain("Did you mean run?")
    expect(await message("history", "--limt", "3")).toContain("Did you mean --limit?")
    expect(nearest("metrics_pipline", ["data_pipeline", "metrics_pipeline"])).toBe("metrics_pipeline")
    expect(nearest("zzz", ["run", "show"])).toBeUndefined()
  })
  it("have no short options but -h -V -c -p -m -q -v, and examples in every help", () => {
    const program = buildProgram("1.2.3", async () => {})
    const all = (command: Command): ReadonlyArray<Command> => [command, ...command.commands.flatMap(all)]
    const shorts = new Set(all(program).flatMap((c) => c.options.flatMap((o) => o.short ?? [])))
    expect([...shorts].toSorted()).toEqual(["-V", "-c", "-m", "-p", "-q", "-v"])
    for (const command of all(program)) {
      let help = ""
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
      expect(`${command.name()}: ${help}`).toContain("Examples:\n  $ ")
    }
  })
  it("are told again as a shell takes them", () => {
    expect(typed(["run", "--mode", "weekly", "--param", "a=b c's"])).toBe("tetra run --mode weekly --param 'a=b c'\\''s'")
  })
})
