/** Guards of the loop of a run: its turns, its leases, and who is told of them. */
import type { Guard } from "./Guard.ts"

const engine = ["execution/engine.test.ts"]
const recovery = ["execution/recovery.test.ts"]

export const loop: ReadonlyArray<Guard> = [
  {
    guards: "an append in doubt counts only when it stands there",
    file: "execution/appendEvents.ts",
    from: "textOf(tail) === textOf(ours)",
    to: "tail.length > 0 && ours.length > 0",
    tests: ["execution/appends.test.ts"]
  },
  {
    guards: "an append in doubt is looked for",
    file: "execution/appendEvents.ts",
    from: 'let inDoubt = first.reason === "lost"',
    to: "let inDoubt = false",
    tests: ["execution/appends.test.ts"]
  },
  {
    guards: "an append that failed is tried again",
    file: "execution/appendEvents.ts",
    from: "Effect.retry(once, again)",
    to: "once",
    tests: ["execution/store.test.ts"]
  },
  {
    guards: "nothing is told before it is durable",
    file: "execution/runPlan.ts",
    from: "      const isRecorded = yield* this.#append(now, starting)\n      for (const { message, recorded } of accepted) message.done?.(recorded)\n",
    to: "      for (const { message, recorded } of accepted) message.done?.(recorded)\n      const isRecorded = yield* this.#append(now, starting)\n",
    tests: ["execution/store.test.ts"]
  },
  {
    guards: "one run of a pipeline at a time",
    file: "execution/Mutex.ts",
    from: 'if (answer._tag === "Acquired") return Effect.void',
    to: 'if (answer._tag === "Acquired" || place === "pipeline") return Effect.void',
    tests: engine
  },
  {
    guards: "a lease that was lost ends the run here",
    file: "execution/Mutex.ts",
    from: "if (lost !== undefined)\n",
    to: "if (lost === null)\n",
    tests: ["execution/leases.test.ts"]
  },
  {
    guards: "leases are renewed",
    file: "execution/Mutex.ts",
    from: "const held = yield* Effect.option(this.#leases.renew(this.#owner, claim.run, this.#now()))",
    to: 'const held = yield* Effect.option(Effect.succeed(keysOf("pipeline", claim)))',
    tests: ["execution/leases.test.ts"]
  },
  {
    guards: "a run of another plan is not continued",
    file: "execution/resumeRun.ts",
    from: "if (row.planHash !== built.plan.hash)",
    to: 'if (row.planHash === "")',
    tests: engine
  },
  {
    guards: "a run is continued once in a process",
    file: "execution/resumeRun.ts",
    from: "live.has(found.id) || resuming.has(found.id)",
    to: "false",
    tests: ["execution/regressions.test.ts"]
  },
  {
    guards: "a run that is continued has another epoch",
    file: "execution/resumeRun.ts",
    from: "      state.epoch = epoch\n",
    to: "",
    tests: engine
  },
  {
    guards: "a damaged object is not relied on",
    file: "storage/filesystem/objects.ts",
    from: "if (whole.get(hash) !== changed && (await setAside(hash)) !== undefined) return false",
    to: "",
    tests: ["execution/damaged.test.ts"]
  },
  {
    guards: "objects that are gone are made again",
    file: "execution/lostOutputs.ts",
    from: "there.every(Boolean)",
    to: "there.length >= 0",
    tests: engine
  },
  {
    guards: "a run is ended only under its leases",
    file: "execution/abandonRun.ts",
    from: "(held.run === row.id ? Effect.fail(held) : Effect.void)",
    to: "(held.run === row.id ? Effect.void : Effect.void)",
    tests: recovery
  },
  {
    guards: "leases come back when a run ends",
    file: "execution/beginRun.ts",
    from: "        yield* mutex.unlock(claimOf(built, state.run))\n",
    to: "",
    tests: engine
  },
  {
    guards: "a run that waits in one process is not continued in another",
    file: "execution/resumeRun.ts",
    from: "(behind.run === id || (yield* mutex.isHeld(claim)))",
    to: "behind.run === id",
    tests: ["execution/mutex.test.ts"]
  },
  {
    guards: "a process that began at another instant is not the owner",
    file: "execution/owners.ts",
    from: "(started !== undefined && now.started !== started)",
    to: "false",
    tests: ["execution/hostile.test.ts"],
    only: /number of a dead one/u
  },
  {
    guards: "only processes that are gone leave orphans",
    file: "execution/Engine.ts",
    from: " && isProcessGone(row.owner, row.requestedAt)",
    to: "",
    tests: ["execution/late.test.ts"]
  }
]
export const acknowledged: ReadonlyArray<Guard> = [
  ["nobody is told of what is not on disk", "Acknowledgements.ts", "return after <= this.#onDisk ||", "return after >= 0 ||"],
  ["what is lost is told by nobody", "Acknowledgements.ts", "else held.lost()", "else held.tell()"],
  [
    "a run stops when the disk has not kept it",
    "runPlan.ts",
    "run.acknowledgements.onLost = () => run.send({ facts: () => [] })",
    ""
  ],
  ["a run has ended when that is on disk", "runPlan.ts", "      yield* this.#orLost(this.#run.acknowledgements.flushed)\n", ""],
  [
    "a mark is saved when it is on disk",
    "LiveRun.ts",
    "done: (recorded) => this.acknowledgements.tell(() => resume(Effect.succeed(recorded)))",
    "done: (recorded) => resume(Effect.succeed(recorded))"
  ],
  ["an effect outside follows from what is on disk", "stageTools.ts", "        yield* reports.durable\n", ""],
  [
    "what is published follows from what is on disk",
    "performErrand.ts",
    "publishesNothing(run.state, stage) ? settled :",
    "publishesNothing(run.state, stage) || settled !== undefined ? settled :"
  ],
  ["a run that is ended by hand has ended on disk", "abandonRun.ts", "    yield* journal.durable\n", ""]
].map(([guards, file, from, to]) => ({
  guards: guards!,
  file: `execution/${file!}`,
  from: from!,
  to: to!,
  tests: ["execution/acknowledged.test.ts"]
}))
export const startsAlong: ReadonlyArray<Guard> = [
  ["units whose start was not recorded go back", "StartsAlong.ts", "for (const withdraw of withdrawals) withdraw()", ""],
  ["units that go back are decided on anew", "StartsAlong.ts", "      run.send({ facts: () => [] })\n", ""],
  ["units that have no room at once go back", "StartsAlong.ts", "if (wanted.length > 0) settle(false)", ""],
  ["units that go back are asked for in the cache", "StartsAlong.ts", "      this.#expectsNone = false\n", ""],
  ["a unit goes back once", "runUnit.ts", "    if (isBack) return\n", ""]
].map(([guards, file, from, to]) => ({
  guards: guards!,
  file: `execution/${file!}`,
  from: from!,
  to: to!,
  tests: ["execution/startsAlong.test.ts", "execution/appends.test.ts", "execution/resources.test.ts"]
}))
