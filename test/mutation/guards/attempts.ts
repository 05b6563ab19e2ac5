/** Guards of an attempt: from its start to what it leaves behind. */
import type { Guard } from "./Guard.ts"

const engine = ["execution/engine.test.ts"]
const recovery = ["execution/recovery.test.ts"]

export const commitPath: ReadonlyArray<Guard> = [
  {
    guards: "only the newest attempt is heard",
    file: "execution/attemptFacts.ts",
    from: 'unit.status === "running" && unit.attempt === attempt\n',
    to: "true\n",
    tests: ["execution/late.test.ts"]
  },
  {
    guards: "a late mark or effect is refused",
    file: "execution/runUnit.ts",
    from: "if (!recorded) yield*",
    to: "if (recorded === null) yield*",
    tests: ["execution/late.test.ts"]
  },
  {
    guards: "no attempt starts in a cancelled run",
    file: "execution/runUnit.ts",
    from: "state.cancel !== undefined || state.paused !== undefined",
    to: "state.paused !== undefined",
    tests: ["execution/oneTurn.test.ts"]
  },
  {
    guards: "an attempt starts only when that is recorded",
    file: "execution/runUnit.ts",
    from: "(recorded ? launch(run, wanted, attempt, start) : withdraw())",
    to: "(recorded !== null ? launch(run, wanted, attempt, start) : withdraw())",
    tests: ["execution/oneTurn.test.ts"]
  },
  {
    guards: "a cached answer is young enough",
    file: "execution/policies/cache.ts",
    from: "now - hit.at <= cache.maxAgeMs",
    to: "now - hit.at >= 0",
    tests: ["execution/late.test.ts", "execution/policies.test.ts"]
  },
  {
    guards: "a cached answer still has its objects",
    file: "execution/policies/cache.ts",
    from: "if (!there.every(Boolean)) {",
    to: "if (there.length < 0) {",
    tests: engine
  },
  {
    guards: "an answer that does not fit its output",
    file: "execution/runAttempt.ts",
    from: 'if ("why" in encoded) return yield* new BadOutput({ output: name,',
    to: 'if ("never" in encoded) return yield* new BadOutput({ output: name,',
    tests: ["execution/attempts.test.ts"]
  },
  {
    guards: "one sample of a loop that stands still blames nobody",
    file: "execution/watch/evidence.ts",
    from: "isOneLine: true, isProven: false",
    to: "isOneLine: true, isProven: true",
    tests: ["execution/watch.test.ts"]
  },
  {
    guards: "a loop that turned meanwhile blames nobody",
    file: "execution/watch/evidence.ts",
    from: "before?.first.beat === sample.beat &&",
    to: "before !== undefined &&",
    tests: ["execution/watch.test.ts"]
  },
  {
    guards: "the end of a run is told last",
    file: "execution/runPlan.ts",
    from: '(event._tag === "RunEnded" ? followers.endWith(event) : followers.tell(event))',
    to: "followers.tell(event)",
    tests: engine
  },
  {
    guards: "an attempt that is over does nothing more",
    file: "execution/op.ts",
    from: "if (scope.over.isOver) throw new Error(attemptIsOver)",
    to: "",
    tests: ["execution/attempts.test.ts"]
  },
  {
    guards: "a mark is recorded after its rows are durable",
    file: "execution/runAttempt.ts",
    from: "for (const [name, output] of resumption.outputs) segments[name] = yield* output.seal",
    to: "for (const [name] of resumption.outputs) segments[name] = []",
    tests: ["execution/attempts.test.ts"]
  },
  {
    guards: "segments that are gone: from the start",
    file: "execution/runAttempt.ts",
    from: "Effect.catch((error) => startAnew(error.message))",
    to: "Effect.map((one) => one)",
    tests: ["execution/late.test.ts"]
  },
  {
    guards: "a side effect that was recorded is not repeated",
    file: "execution/stageTools.ts",
    from: "if (known !== undefined) return Effect.succeed(known)",
    to: "",
    tests: ["execution/attempts.test.ts"]
  },
  {
    guards: "one idempotency key for all attempts",
    file: "execution/stageTools.ts",
    from: "[unit.run, unit.stage, partition, key]",
    to: "[unit.run, unit.stage, partition, key, unit.attempt]",
    tests: ["execution/attempts.test.ts", "execution/late.test.ts"]
  },
  {
    guards: "marks of another key are not taken",
    file: "execution/policies/checkpoints.ts",
    from: "if (started.key === stage.key) return saved",
    to: "return saved",
    tests: recovery
  },
  {
    guards: "the poison ceiling",
    file: "execution/policies/poison.ts",
    from: "unit.lost + 1 >= mostLost",
    to: "unit.lost < 0",
    tests: recovery
  },
  { guards: "a lost attempt is counted", file: "domain/reopen.ts", from: "unit.lost++", to: "", tests: recovery },
  {
    guards: "a lost attempt is no try",
    file: "domain/reopen.ts",
    from: "unit.tries = Math.max(0, unit.tries - 1)",
    to: "",
    tests: ["execution/late.test.ts", "decide/properties.test.ts", ...recovery]
  },
  {
    guards: "what read a lost object is made again",
    file: "domain/reopen.ts",
    from: "if (stage.after.some((up) => found.has(up))) found.add(stage.name)",
    to: "",
    tests: engine
  },
  {
    guards: "committed units stay committed",
    file: "domain/reopen.ts",
    from: 'if (unit.status !== "committed") {',
    to: "if (unit.status !== null) {",
    tests: ["execution/late.test.ts"]
  }
]
