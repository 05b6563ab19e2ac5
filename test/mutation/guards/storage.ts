/** Guards of what is kept: journal, leases, files, and when they are on disk. */
import type { Guard } from "./Guard.ts"

const contract = ["storage/contract.test.ts"]
const stateFile = ["storage/stateFile.test.ts"]

export const journal: ReadonlyArray<Guard> = [
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

export const memory: ReadonlyArray<Guard> = [
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

export const files: ReadonlyArray<Guard> = [
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
    guards: "an event that was edited",
    file: "storage/maintenance/foldRuns.ts",
    from: "const isWritten = digest === digestOf(before, writtenIn(row))",
    to: "const isWritten = digest !== null",
    tests: ["storage/maintenance.test.ts"]
  },
  {
    guards: "an event whose digest is gone",
    file: "storage/maintenance/foldRuns.ts",
    from: 'return before === "" ? undefined : "its',
    to: 'return before !== "!" ? undefined : "its',
    tests: ["storage/maintenance.test.ts"]
  },
  {
    guards: "a digest goes with the events of an archived run",
    file: "storage/upkeep/archiveRuns.ts",
    from: "payload = ?, digest = null where",
    to: "payload = ? where",
    tests: ["storage/retention.test.ts"]
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
/** What is written, what is on disk, and who may be told of it (decision 058). */
export const durability: ReadonlyArray<Guard> = [
  [
    "a sync covers only what was written before it began",
    "sqlite/LogSync.ts",
    "this.#onDisk = upTo",
    "this.#onDisk = this.#written"
  ],
  ["a sync that failed is not tried again", "sqlite/LogSync.ts", "this.#failure !== undefined || this.#onDisk", "this.#onDisk"],
  ["who looks sees that others have written", "sqlite/LogSync.ts", "if (version !== this.#seenVersion) this.#written++", ""],
  [
    "a commit counts as written before it is answered",
    "sqlite/groupCommit.ts",
    "  wrote()\n  settleAll(settled)\n",
    "  settleAll(settled)\n  wrote()\n"
  ],
  ["nothing is written after a sync that failed", "sqlite/groupCommit.ts", "if (lost !== undefined) {", "if (lost === null) {"],
  [
    "a write is on disk when it is answered",
    "sqlite/openStore.ts",
    "Effect.tap(append(weight, work), () => sync.settled)",
    "append(weight, work)"
  ],
  ["what is read is on disk", "sqlite/openStore.ts", "Effect.tap(peek, () => sync()?.settled ?? Effect.void)", "peek"],
  ["SQLite syncs where we cannot", "sqlite/LogSync.ts", "if (this.#log !== undefined) state.exec(", "state.exec("],
  ["who ends waits for one sync at most", "sqlite/LogSync.ts", "this.#isClosing = true", ""],
  ["a sync that failed is marked for others", "sqlite/unsynced.ts", "  mark(file, cause.message, hint)\n", ""],
  [
    "who had it open hears that the disk has not kept it",
    "sqlite/openStore.ts",
    "if (sync.failure !== undefined) throw sync.failure",
    ""
  ],
  [
    "who only looks gives the file free to be mended",
    "sqlite/openStore.ts",
    'reason === "unsynced" ? close : Effect.void',
    "Effect.void"
  ],
  ["a lease given back waits for no sync", "sqlite/leases.ts", "store.append(1,", "store.write(1,"],
  ["a command that was heard waits for no sync", "sqlite/commands.ts", "store.peek([]", "store.read([]"]
].map(([guards, file, from, to]) => ({
  guards: guards!,
  file: `storage/${file!}`,
  from: from!,
  to: to!,
  tests: ["storage/durable.test.ts"]
}))
