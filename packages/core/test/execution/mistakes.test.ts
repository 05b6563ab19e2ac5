import { assert, describe, it } from "vitest"
import { Cause, Effect, Schema } from "effect"
import { batch, Col, DatasetError, defineStage, defineTable, text } from "../../src/index.ts"
import { decodeCause, encodeCause } from "../../src/execution/isolation/crossing.ts"
import { recordedFailure } from "../../src/execution/recordedFailure.ts"
import { isRetryable } from "../../src/planning/retry.ts"
import { testStage } from "../../src/testing.ts"

/** As a project tries what nobody says anything about. */
const retry = {
  maxAttempts: 3,
  initialDelayMs: 60_000,
  factor: 2,
  maxDelayMs: 3_600_000,
  jitter: true,
  only: undefined,
  unless: []
}
const Vol = defineTable("t/Vol@1", { symbol: Col.text, vol: Col.float }, { key: ["symbol"] })
const rows = batch({ symbol: text(["SPY"]), vol: Float64Array.of(1) })
/** Of a stage whose body nobody has compiled. */
const failureOf = async (run: () => unknown) => {
  const stage = defineStage({ id: "t/vol", outputs: { made: Vol }, run: run as () => { made: typeof rows } })
  return (await testStage(stage, {})).error
}
const undeclared = (error: unknown) => recordedFailure(Cause.fail(error), [])

describe("a mistake in the code of a stage", () => {
  const kinds: ReadonlyArray<readonly [string, unknown, boolean]> = [
    ["a wrong type", new TypeError("x is not a function"), false],
    ["an unknown name", new ReferenceError("x is not defined"), false],
    ["a table of another shape", new DatasetError({ asset: "a", reason: "shape", detail: "no column" }), false],
    ["a network that failed", new TypeError("fetch failed", { cause: new Error("ECONNRESET") }), true],
    ["a refused argument of Node", Object.assign(new TypeError("bad"), { code: "ERR_INVALID_URL" }), true],
    ["an answer that was cut short", new SyntaxError("Unexpected end of JSON input"), true],
    ["a full disk", new DatasetError({ asset: "a", reason: "full", detail: "no room" }), true],
    ["anything else", new Error("busy"), true]
  ]
  for (const [what, error, isTried] of kinds)
    it(`${isTried ? "is not" : "is"} ${what}`, () => assert.strictEqual(isRetryable(retry, undeclared(error)), isTried))

  it("is tried again where the policy names its tag", () => {
    const failure = undeclared(new TypeError("x is not a function"))
    assert.isTrue(isRetryable({ ...retry, only: [failure.tag] }, failure))
    assert.isFalse(isRetryable({ ...retry, only: [failure.tag], unless: [failure.tag] }, failure))
  })
  it("stays one on its way from a thread or a process", () => {
    for (const [what, error, isTried] of kinds)
      for (const cause of [Cause.fail(error), Cause.die(error)]) {
        const there = structuredClone(encodeCause(cause, []))
        assert.strictEqual(isRetryable(retry, recordedFailure(decodeCause(there, []), [])), isTried, what)
      }
  })
})
describe("what a stage failed with", () => {
  it("names the output or the column that was probably meant", async () => {
    assert.strictEqual(
      (await failureOf(() => ({ mad: rows })))?.message,
      'output "made" is missing; "mad" is no output of t/vol: did you mean "made"?'
    )
    assert.strictEqual((await failureOf(() => ({ others: 1 })))?.message, 'output "made" is missing: answer { made: ... }')
    const { symbol, vol } = rows.columns
    assert.strictEqual(
      (await failureOf(() => ({ made: batch({ symbol, vool: vol }) })))?.message,
      'made: shape: column "vol" (float) is missing; "vool" is no column of t/Vol@1: did you mean "vol"?'
    )
  })
  it("names a value that was probably meant", async () => {
    const stage = defineStage({
      id: "t/n",
      outputs: { ratio: { kind: "value", id: "t/n@1", schema: Schema.Finite } as never },
      run: () => ({ rato: 1 }) as never
    })
    assert.match((await testStage(stage, {})).error?.message ?? "", /"rato" is no output of t\/n: did you mean "ratio"\?/u)
  })
  it("says its kind once, wherever it was thrown", async () => {
    const inStream = defineStage({
      id: "t/stream",
      outputs: { made: Vol },
      async run({ out }) {
        const source = async function* () {
          yield rows
          throw new Error("in a stream")
        }
        return { made: await out.made.write(source()) }
      }
    })
    assert.deepEqual((await testStage(inStream, {})).error, { _tag: "Thrown", message: "Error: in a stream" })
    const inGenerator = await failureOf(function* () {
      yield* Effect.void
      throw new TypeError("no such thing")
    })
    assert.deepEqual(inGenerator, { _tag: "Defect", message: "TypeError: no such thing" })
  })
})
