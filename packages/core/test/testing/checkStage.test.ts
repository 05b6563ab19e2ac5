import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { Effect, Option, Schema } from "effect"
import { batch, Col, defineStage, defineTable, type StageTools, text } from "../../src/index.ts"
import { ownTime } from "../../src/testing/conformance/interruption.ts"
import { checkStage, dataset, type Finding } from "../../src/testing.ts"

const Rows = defineTable("c/Rows@1", { symbol: Col.text, day: Col.day, x: Col.float }, { key: ["symbol", "day"], time: "day" })
const bars = dataset(
  Rows,
  batch({
    symbol: text(Array<string>(20).fill("A")),
    day: Int32Array.from({ length: 20 }, (_, i) => i),
    x: Float64Array.from({ length: 20 }, (_, i) => i * i)
  })
)
const failing = (findings: ReadonlyArray<Finding>) => findings.filter(({ ok }) => !ok).map(({ check }) => check)
const stageOf = (x: (tools: StageTools, values: Float64Array) => Float64Array | Promise<Float64Array>) =>
  defineStage({
    id: "c/stage",
    inputs: { bars: Rows },
    outputs: { rows: Rows },
    async run({ inputs, ...tools }) {
      const { columns } = await inputs.bars.read()
      return { rows: batch({ ...columns, x: await x(tools, columns.x) }) }
    }
  })
const noLookAhead = { input: "bars", output: "rows" } as const
const found = async (x: Parameters<typeof stageOf>[0]) =>
  failing(await checkStage(stageOf(x), { inputs: { bars } }, { noLookAhead }))
const cleanups: Array<() => void> = []
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()))

/** Counts to four; `forgets` goes wrong when it goes on, `repeats` when its side effect was recorded. */
const counting = (how: "well" | "forgets") =>
  defineStage({
    id: "c/counting",
    outputs: { rows: Rows },
    checkpoint: Schema.Struct({ next: Schema.Int }),
    *run({ checkpoint, once, out }) {
      const resumed = Option.match(checkpoint.resumed, { onNone: () => 0, onSome: ({ next }) => next })
      yield* once("begun", () => Effect.succeed("yes"))
      for (let day = how === "well" ? resumed : 0; day < 4; day++) {
        yield* out.rows.append(batch({ symbol: text(["A"]), day: Int32Array.of(day), x: Float64Array.of(day) }))
        yield* checkpoint.save({ next: day + 1 })
      }
      return { rows: out.rows.done() }
    }
  })

describe("checkStage", () => {
  it("finds nothing in a stage that keeps the rules", async () => {
    expect(await found((_, x) => x.map((value) => value + 1))).toEqual([])
  })
  it("finds what is random", async () => {
    expect(await found((_, x) => x.map(() => Math.random()))).toContain("deterministic")
    expect(await found(({ random }, x) => x.map(() => random()))).not.toContain("deterministic")
  })
  it("finds what looks ahead, and where", async () => {
    const last = (_: unknown, x: Float64Array) => x.map((value) => value - x.at(-1)!)
    const findings = await checkStage(stageOf(last), { inputs: { bars } }, { noLookAhead })
    expect(failing(findings)).toEqual(["no look-ahead"])
    expect(findings.at(-1)?.detail).toBe('rows up to 6 use later rows of "bars": row 0, x: -361, and -36 without it')
  })
  it("takes what a stage says of its own look-ahead, by column or by output, and still finds the rest", async () => {
    const Wide = defineTable("c/Wide@1", { day: Col.day, x: Col.float, label_x: Col.float }, { key: ["day"], time: "day" })
    const ahead = (x: Float64Array) => x.map((value) => value - x.at(-1)!)
    const saying = (looksAhead: { readonly wide?: string | Readonly<Record<`${string}*`, string>> }, cheats: boolean) =>
      defineStage({
        id: "c/saying",
        inputs: { bars: Rows },
        outputs: { wide: Wide },
        looksAhead,
        async run({ inputs }) {
          const { day, x } = (await inputs.bars.read()).columns
          return { wide: batch({ day, x: cheats ? ahead(x) : x, label_x: ahead(x) }) }
        }
      })
    const last = async (stage: ReturnType<typeof saying>) =>
      (await checkStage(stage, { inputs: { bars } }, { noLookAhead: { input: "bars", output: "wide" } })).at(-1)!
    const labels = { wide: { "label_*": "what comes after" } } as const
    expect(await last(saying({}, false))).toMatchObject({ ok: false, detail: expect.stringContaining("label_x") })
    expect(await last(saying(labels, false))).toMatchObject({ ok: true, declared: "label_*: what comes after" })
    expect(await last(saying(labels, true))).toMatchObject({ ok: false, detail: expect.stringContaining("row 0, x: -361") })
    expect(await last(saying({ wide: "all of it" }, true))).toMatchObject({ ok: true, declared: "all of it" })
    expect(await last(saying({ wide: "" }, true))).toMatchObject({ ok: false, detail: expect.stringContaining("no reason") })
    const nothing = { wide: { "nothing_*": "why" } } as const
    expect(await last(saying(nothing, false))).toMatchObject({ ok: false, detail: expect.stringContaining('"nothing_*"') })
    defineStage({
      id: "c/no",
      outputs: { rows: Rows },
      // @ts-expect-error what looks ahead is a column, or a beginning of columns, of an output
      looksAhead: { rows: { y: "no such column" } },
      run: ({ out }) => ({ rows: out.rows.done() })
    })
  })
  it("counts what a stage takes to stop: not what others take of a busy machine, but waiting and blocking", () => {
    expect(ownTime({ idle: 0, active: 2_000, processor: 900 }, 0.2)).toBe(900)
    expect(ownTime({ idle: 1_500, active: 10, processor: 5 }, 0.2)).toBe(1_505)
    expect(ownTime({ idle: 0, active: 10_000, processor: 0 }, 0.2)).toBe(2_000)
    expect(ownTime({ idle: 0, active: 1_200, processor: 4_800 }, 0.2)).toBe(1_200)
    // Nobody else is there: what does not work is blocked.
    expect(ownTime({ idle: 0, active: 4_000, processor: 0 }, 1)).toBe(4_000)
  })
  it("finds timers, listeners and temporary files that are left behind", async () => {
    const listen = () => undefined
    cleanups.push(() => process.removeAllListeners("SIGUSR2"))
    expect(await found((_, x) => (process.on("SIGUSR2", listen), x))).toEqual(["leaves nothing behind"])
    expect(await found((_, x) => (cleanups.push(() => undefined), mkdtempSync(join(tmpdir(), "left-")), x))).toEqual([
      "leaves nothing behind"
    ])
    expect(
      await found((_, x) => {
        const timer = setInterval(() => undefined, 60_000)
        cleanups.push(() => clearInterval(timer))
        return x
      })
    ).toEqual(["leaves nothing behind"])
  })
  it("cuts a stage at every event that it records", async () => {
    const well = await checkStage(counting("well"), {})
    expect(failing(well)).toEqual([])
    expect(well.filter(({ check }) => /resumes|survives/u.test(check)).map(({ detail }) => detail)).toEqual([
      "4 checkpoints",
      "5 events"
    ])
    expect(failing(await checkStage(counting("forgets"), {}))).toEqual([
      "resumes from every checkpoint",
      "survives a crash at every event"
    ])
  })
  it("does not go on with a stage that does not run", async () => {
    const findings = await checkStage(
      defineStage({
        id: "c/broken",
        run: () => {
          throw new Error("never")
        }
      }),
      {}
    )
    expect(findings).toEqual([{ check: "runs", ok: false, detail: "Error: never" }])
  })
})
