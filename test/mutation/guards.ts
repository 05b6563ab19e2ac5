/**
 * The guards that keep a run whole, each with what it would be without. `from` stands exactly once in its file, so the list cannot go stale
 * unnoticed; `tests` are the files of which at least one test must fail when the guard is gone.
 */
export interface Guard {
  readonly guards: string
  /** Below `packages/core/src`. */
  readonly file: string
  readonly from: string
  readonly to: string
  /** Below `packages/core/test`; `postgres/...` below `test`. */
  readonly tests: ReadonlyArray<string>
  /** Which of these tests; all of them without. */
  readonly only?: RegExp
}
const contract = ["storage/contract.test.ts"]
const engine = ["execution/engine.test.ts"]
const recovery = ["execution/recovery.test.ts"]
const stateFile = ["storage/stateFile.test.ts"]

const journal: ReadonlyArray<Guard> = [
  [
    "sqlite: the epoch of an append",
    "sqlite/journal.ts",
    "where id = ? and epoch = ? and seq = ?",
    "where id = ? and ? > 0 and seq = ?"
  ],
  ["sqlite: the place of an append", "sqlite/journal.ts", "and epoch = ? and seq = ?", "and epoch = ? and ? >= 0"],
  [
    "sqlite: taking over raises the epoch",
    "sqlite/journal.ts",
    "set epoch = epoch + 1, owner = ?",
    "set epoch = epoch, owner = ?"
  ],
  [
    "sqlite: the same command is the same run",
    "sqlite/journal.ts",
    "(commandId === undefined\n            ? undefined",
    "(commandId !== undefined\n            ? undefined"
  ],
  [
    "sqlite: a run begins with its request",
    "sqlite/journal.ts",
    'if (events[0]?._tag !== "RunRequested")',
    "if (events.length < 0)"
  ],
  ["sqlite: a lease that somebody has", "sqlite/leases.ts", "if (blocker !== undefined) return", "if (blocker === null) return"],
  [
    "sqlite: only the owner renews",
    "sqlite/leases.ts",
    "where owner = ? and ${runOfLease} = ? returning key",
    "where owner = coalesce(owner, ?) and ${runOfLease} = ? returning key"
  ],
  [
    "sqlite: only the owner gives back",
    "sqlite/leases.ts",
    "where key = ? and owner = ? and",
    "where key = ? and owner = coalesce(owner, ?) and"
  ],
  [
    "a lease of another run of this owner",
    "holders.ts",
    "!(holder.owner.id === owner.id && holder.run === run)",
    "!(holder.owner.id === owner.id)"
  ],
  ["a lease that has run out is free", "holders.ts", "holder.expiresAt > now &&", ""]
].map(([guards, file, from, to]) => ({
  guards: guards!,
  file: `storage/${file!}`,
  from: from!,
  to: to!,
  tests: contract,
  only: /^embedded/u
}))

const memory: ReadonlyArray<Guard> = [
  ["memory: the epoch of an append", "memoryJournal.ts", "if (row.epoch !== epoch)", "if (row.epoch < 0)"],
  ["memory: the place of an append", "memoryJournal.ts", "if (row.seq !== expectedSeq)", "if (row.seq < 0)"],
  ["memory: taking over raises the epoch", "memoryJournal.ts", "row.epoch++", ""],
  ["memory: the same command is the same run", "memoryJournal.ts", "if (known !== undefined) {", "if (known === null) {"],
  [
    "memory: only the owner gives back",
    "memoryLeases.ts",
    "if (holder?.owner.id === owner.id && holder.run === run)",
    "if (holder !== undefined)"
  ],
  [
    "memory: only the owner renews",
    "memoryLeases.ts",
    "filter(([, holder]) => holder.owner.id === owner.id && holder.run === run)",
    "filter(() => true)"
  ]
].map(([guards, file, from, to]) => ({
  guards: guards!,
  file: `execution/ports/${file!}`,
  from: from!,
  to: to!,
  tests: contract,
  only: /^memory/u
}))

const files: ReadonlyArray<Guard> = [
  {
    guards: "a lease whose process is gone is free",
    file: "storage/holders.ts",
    from: " && !isGone(holder)",
    to: "",
    tests: stateFile
  },
  {
    guards: "a commit is on disk before it is answered",
    file: "storage/sqlite/StateFile.ts",
    from: "synchronous = full",
    to: "synchronous = off",
    tests: stateFile
  },
  {
    guards: "nothing is written in the schema of a newer version",
    file: "storage/sqlite/groupCommit.ts",
    from: "    refuseNewer(state)\n",
    to: "",
    tests: stateFile
  },
  {
    guards: "nothing is answered before the commit",
    file: "storage/sqlite/groupCommit.ts",
    from: "settled.push(() => member.succeed(answer))",
    to: "member.succeed(answer)",
    tests: ["storage/commit.test.ts"]
  },
  {
    guards: "room in the log is made behind its end",
    file: "storage/sqlite/logRoom.ts",
    from: "let at = size; at",
    to: "let at = size - 9_000; at",
    tests: ["storage/commit.test.ts"]
  },
  {
    guards: "a unit whose result is known does not start with the append that frees it",
    file: "storage/sqlite/journal.ts",
    from: "tail === undefined || isCached(state, tail.unless)",
    to: "tail === undefined",
    tests: ["storage/contract.test.ts"]
  },
  {
    guards: "a refused member of a group is undone",
    file: "storage/sqlite/groupCommit.ts",
    from: 'state.run(shared ? "rollback to member" : "rollback")',
    to: "",
    tests: stateFile
  },
  {
    guards: "what was interrupted before its turn is not written",
    file: "storage/sqlite/groupCommit.ts",
    from: "if (at >= 0) queue.splice(at, 1)",
    to: "if (at < 0) queue.splice(at, 1)",
    tests: stateFile
  },
  {
    guards: "a group that fails the store is rolled back",
    file: "storage/sqlite/groupCommit.ts",
    from: 'if (state.inTransaction()) state.run("rollback")',
    to: 'if (state.inTransaction()) state.run("commit")',
    tests: [...stateFile, "storage/commit.test.ts"]
  },
  {
    guards: "rows after the end of a table",
    file: "storage/filesystem/tableSink.ts",
    from: 'if (finished !== undefined) throw shape(at.asset, "rows came',
    to: 'if (finished === null) throw shape(at.asset, "rows came',
    tests: ["storage/sinks.test.ts"]
  },
  {
    guards: "nothing is added to a file that broke off",
    file: "storage/filesystem/tableSink.ts",
    from: "if (broken !== undefined) throw broken",
    to: "",
    tests: ["storage/sinks.test.ts"]
  },
  {
    guards: "the shape of a batch",
    file: "storage/filesystem/tableSink.ts",
    from: "if (fault !== undefined) throw shape(at.asset, fault)\n      if (batch.rows === 0)",
    to: "if (batch.rows === 0)",
    tests: contract,
    only: /^embedded/u
  },
  {
    guards: "an object that was cut short is written anew",
    file: "storage/filesystem/objects.ts",
    from: "if (size !== bytes) return false",
    to: "",
    tests: ["storage/artifacts.test.ts"]
  },
  {
    guards: "a version is there whole or not at all",
    file: "storage/filesystem/publish.ts",
    from: 'const aside = join(folders.staging, ".publish", randomUUID())\n  await makeFolder(aside)',
    to: "const aside = target\n  await makeFolder(aside)",
    tests: ["storage/sinks.test.ts", "storage/artifacts.test.ts"]
  },
  {
    guards: "staging of a run that is over is swept",
    file: "storage/filesystem/artifactStore.ts",
    from: 'if ("run" in which) return rm(folders.stagingOf(which.run), { recursive: true, force: true })',
    to: 'if ("run" in which) return',
    tests: ["execution/staging.test.ts"]
  }
]
const commitPath: ReadonlyArray<Guard> = [
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
const loop: ReadonlyArray<Guard> = [
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
export const listed: ReadonlyArray<Guard> = [...journal, ...memory, ...files, ...commitPath, ...loop]

/** Every rule of the order of events is a guard: `must(` of the reducer, one after the other. */
export const rules = { file: "domain/evolve.ts", from: "must(", tests: ["decide/orders.test.ts"] } as const
