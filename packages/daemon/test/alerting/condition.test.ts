import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { loadProject } from "@tetra/core/engine"
import { Effect, Result } from "effect"
import { describe, expect, it } from "vitest"
import { compile, conditionProblem, glob } from "../../src/alerting/condition/Condition.ts"
import { type Values, variableNames } from "../../src/alerting/condition/variables.ts"

const verdict = (source: string, values: Values) => Result.getOrThrow(Result.map(compile(source), (c) => c.evaluate(values)))
const problem = (source: string) => {
  const found = compile(source)
  if (Result.isSuccess(found)) throw new Error(`${source} compiles`)
  return found.failure
}

describe("a condition", () => {
  it.each([
    ["pipeline_status == 'failed'", { pipeline_status: "failed" }, { pipeline_status: "completed" }],
    ["data_age_hours > 48", { data_age_hours: 48.1 }, { data_age_hours: 48 }],
    ["error_rate > 0.1", { error_rate: 0.11 }, { error_rate: 0.1 }],
    ["duration_minutes > 120", { duration_minutes: 121 }, { duration_minutes: 0 }]
  ] as const)("of the product's own rules is taken as it stands: %s", (source, yes, no) => {
    expect([verdict(source, yes), verdict(source, no), verdict(source, {})]).toEqual(["true", "false", "unknown"])
  })
  it("is unknown only where the answer depends on what is not known", () => {
    const source = "error_rate > 0.1 || consecutive_failures >= 3"
    expect(verdict(source, { consecutive_failures: 3 })).toBe("true")
    expect(verdict(source, { consecutive_failures: 1 })).toBe("unknown")
    expect(verdict("error_rate > 0.1 && degraded", { degraded: false })).toBe("false")
    expect(verdict("error_rate > 0.1", { error_rate: NaN })).toBe("unknown")
    expect(verdict("labels.team == 'data'", { labels: {} })).toBe("unknown")
    expect(verdict("has(labels.team) && labels.team == 'data'", { labels: {} })).toBe("false")
  })
  it("knows its scope and whether time alone changes it", () => {
    const of = (source: string) => Result.getOrThrow(compile(source))
    expect(of("error_rate > 0.1")).toMatchObject({ scope: "pipeline", timeDriven: false })
    expect(of("mode == 'full' && duration_minutes > 10")).toMatchObject({ scope: "run", timeDriven: true })
    expect(of("disk_free_ratio < 0.1")).toMatchObject({ scope: "system", timeDriven: true })
  })
  it.each([
    ["error_rte > 0.1", 'there is no variable "error_rte"', 'did you mean "error_rate"?', 0],
    ["degraded && error_rate = 1.0", "a single = compares nothing", 'write "==" to compare', 23],
    ["degraded and paused", '"and" is no operator', 'write "&&"', 9],
    ["data_age_hours + 1.0", "it gives double, not yes or no", "compare it: data_age_hours + 1.0 > 0", 0],
    [
      "error_rate == 1",
      "no such overload: double == int",
      "one side is measured, the other a whole number: write 1.0 or 100.0 beside ==",
      0
    ],
    [
      "error_rate * 100 > 10",
      "no such overload: double * int",
      "one side is measured, the other a whole number: write 1.0 or 100.0 beside *",
      0
    ],
    ["pipeline.matches('^(a|a)*$')", "matches() can take for ever on some texts", 'use glob(text, "data_*")', 0],
    ["globb(pipeline, 'a*')", 'there is no function "globb"', 'did you mean "glob"?', 0],
    [
      "disk_free_ratio < 0.1 && degraded",
      '"disk_free_ratio" is of the system, the others are of a pipeline',
      "make two rules of it",
      0
    ]
  ])("that is wrong is refused with its place and how to mend it: %s", (source, message, hint, at) => {
    const found = problem(source)
    expect([found.message, found.hint, found.at]).toEqual([message, hint, at])
    expect(found.caret).toBe(`${source}\n${" ".repeat(at)}^`)
  })
  it("that is too large or too deep is refused", () => {
    expect(problem(Array.from({ length: 150 }, () => "degraded").join(" || ")).message).toBe("the condition is too large")
    expect(problem(`${"(".repeat(30)}degraded${")".repeat(30)}`).message).toBe("the condition is too large")
  })
  it("matches names by their ends and middles, in time proportional to their length", () => {
    expect([glob("data_pipeline", "data_*"), glob("data_pipeline", "*_pipe*"), glob("data", "data_*")]).toEqual([
      true,
      true,
      false
    ])
    expect([glob("ab", "a*b*"), glob("aa", "a*a*a"), glob("", "*"), glob("abc", "abc")]).toEqual([true, false, true, true])
    expect(glob("a".repeat(50_000), `${"a*".repeat(5_000)}b`)).toBe(false)
  })
})

describe("a condition of comparisons", () => {
  const seed = Number(process.env["TETRA_SEED"] ?? 20_261_122)
  it(`answers what the interpreter of CEL answers, whatever is known (seed ${seed})`, () => {
    let state = seed
    const pick = (n: number) => (state = (state * 48_271) % 2_147_483_647) % n
    const one = <A>(...all: ReadonlyArray<A>): A => all[pick(all.length)]!
    const double = (depth: number): string =>
      depth > 0 && pick(3) === 0
        ? `(${double(depth - 1)} ${one("+", "-", "*", "/")} ${double(depth - 1)})`
        : one("error_rate", "-data_age_hours", "data_age_hours", "0.0", "48.5", "1e3")
    const count = () => one("consecutive_failures", "missed_ticks", "3", "-1")
    const number = (depth: number) => (pick(2) === 0 ? double(depth) : count())
    const words = () => one("pipeline_status", "mode", "'failed'", "'daily'")
    const bool = (depth: number): string => {
      const kind = depth === 0 ? 2 + pick(4) : pick(6)
      if (kind === 0) return `(${bool(depth - 1)} ${one("&&", "||")} ${bool(depth - 1)})`
      if (kind === 1) return `!${bool(depth - 1)}`
      if (kind === 2) return one("degraded", "paused", "true")
      if (kind === 3) return `(${number(2)} ${one("<", "<=", ">", ">=")} ${number(2)})`
      const same = one(() => double(2), count, words)
      return `(${same()} ${one("==", "!=")} ${same()})`
    }
    const maybe = <A>(...all: ReadonlyArray<A>): A | undefined => (pick(4) === 0 ? undefined : one(...all))
    const seen = new Set<string>()
    for (let i = 0; i < 1_500; i++) {
      const source = bool(4)
      const { evaluate, interpret } = Result.getOrThrow(compile(source))
      for (let j = 0; j < 4; j++) {
        const values: Values = {
          error_rate: maybe(0, 0.5, NaN),
          data_age_hours: maybe(48.5, -1, Infinity),
          consecutive_failures: maybe(3, 0, 2.7),
          missed_ticks: maybe(3, 1),
          pipeline_status: maybe("failed", "completed"),
          mode: maybe("daily"),
          degraded: maybe(true, false),
          paused: maybe(true, false)
        }
        const answer = interpret(values)
        seen.add(answer)
        expect([source, values, evaluate(values)]).toEqual([source, values, answer])
      }
    }
    expect(seen.size).toBe(3)
  })
})

describe("a configuration file", () => {
  const problemsOf = async (condition: string, check?: typeof conditionProblem) => {
    const folder = mkdtempSync(join(tmpdir(), "tetra-conditions-"))
    const rule = `{ name: A, condition: "${condition}", severity: high, channels: [console] }`
    writeFileSync(join(folder, "tetra.yaml"), `alerting:\n  rules:\n    - ${rule}\n`)
    try {
      const loaded = await Effect.runPromise(
        Effect.result(loadProject({ cwd: folder, env: {}, ...(check && { checkCondition: check }) }))
      )
      return Result.isFailure(loaded) ? loaded.failure.diagnostics.map((d) => `${d.where} ${d.message} -> ${d.hint}`) : []
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  it("tells where in the file and where in the condition its types do not fit", async () => {
    expect(await problemsOf("degraded || error_rate == 1", conditionProblem)).toEqual([
      "tetra.yaml:3:29 no such overload: double == int\n      degraded || error_rate == 1\n                  ^ -> one side is measured, the other a whole number: write 1.0 or 100.0 beside =="
    ])
  })
  it("may name the same variables wherever it is read: the quick check of a run knows them all", async () => {
    expect(await problemsOf(variableNames.map((name) => `${name} == ${name}`).join(" || "))).toEqual([])
  })
})
