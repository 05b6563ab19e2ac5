import { Effect } from "effect"
import type { RunId } from "../../domain/Names.ts"
import type { Owner, StoredEvent } from "../../domain/RunEvent.ts"
import { Fenced, type Journal, StaleSequence, StoreError } from "../../execution/ports/Journal.ts"
import { digestOf } from "../eventDigest.ts"
import { changesOf, noOwner } from "../projections.ts"
import { isTold, payloadOf, storedOf, toStored, unknownRun } from "../rows.ts"
import { cellOf, dialect } from "./dialect.ts"
import { Refused } from "./groupCommit.ts"
import type { OpenStore } from "./openStore.ts"
import type { StateFile } from "./StateFile.ts"

/** The digest of the last event before `first`: empty for the first of a run, and behind one from before there were any. */
const digestBefore = (state: StateFile, { run, seq }: StoredEvent): string =>
  seq === 1
    ? ""
    : String(
        state.first("select digest from orchestration.event where run_id = ? and run_seq = ?", run, seq - 1)?.["digest"] ?? ""
      )
const insertEvents = (state: StateFile, stored: ReadonlyArray<StoredEvent>, owner: Owner): void => {
  const [first] = stored
  let digest = first === undefined ? "" : digestBefore(state, first)
  for (const event of stored) {
    for (const { sql, values } of changesOf(dialect, event, owner)) state.run(sql, ...values.map(cellOf))
    const { _tag: kind, at, epoch, run, seq, v } = event
    const payload = payloadOf(event)
    digest = digestOf(digest, { run, seq, kind, v, epoch, at, payload })
    state.run(
      "insert into orchestration.event (run_id, run_seq, kind, v, epoch, payload, at, digest) values (?, ?, ?, ?, ?, ?, ?, ?)",
      run,
      seq,
      kind,
      v,
      epoch,
      payload,
      at,
      digest
    )
  }
}

/** Why nothing can be appended there. */
const whyNot = (
  state: StateFile,
  { epoch, expectedSeq, run }: Parameters<Journal["Service"]["append"]>[0]
): StoreError | Fenced | StaleSequence => {
  const row = state.first("select seq, epoch from orchestration.run where id = ?", run)
  if (row === undefined) return unknownRun(run)
  const found = { seq: Number(row["seq"]), epoch: Number(row["epoch"]) }
  if (found.epoch !== epoch) return new Fenced({ run, epoch, found: found.epoch })
  return new StaleSequence({ run, expected: expectedSeq, found: found.seq })
}

const readOf =
  (store: OpenStore): Journal["Service"]["read"] =>
  (run, fromSeq = 1) =>
    store.read([] as ReadonlyArray<StoredEvent>, (state) =>
      state
        .all(`select * from orchestration.event where run_id = ? and run_seq >= ? and ${isTold} order by run_seq`, run, fromSeq)
        .map(toStored)
    )
const takeOverOf =
  (store: OpenStore): Journal["Service"]["takeOver"] =>
  (run, owner) =>
    store.write(1, (state) => {
      const row = state.first(
        "update orchestration.run set epoch = epoch + 1, owner = ? where id = ? returning epoch, seq",
        JSON.stringify(owner),
        run
      )
      if (row === undefined) throw new Refused(unknownRun(run))
      return { epoch: Number(row["epoch"]), seq: Number(row["seq"]) }
    })

const createOf =
  (store: OpenStore): Journal["Service"]["create"] =>
  ({ at, commandId, events, id, owner }) =>
    store
      .write(events.length, (state) => {
        const known =
          state.first("select id, epoch, seq from orchestration.run where id = ?", id) ??
          (commandId === undefined
            ? undefined
            : state.first("select id, epoch, seq from orchestration.run where command_id = ?", commandId))
        if (known !== undefined)
          return { id: String(known["id"]), created: false, epoch: Number(known["epoch"]), seq: Number(known["seq"]) }
        if (events[0]?._tag !== "RunRequested") throw new Refused(firstEventError(id))
        insertEvents(state, storedOf(events, { run: id, after: 0, epoch: 1, now: at }), owner)
        state.run("update orchestration.run set seq = ? where id = ?", events.length, id)
        if (commandId !== undefined) state.run("update orchestration.run set command_id = ? where id = ?", commandId, id)
        return { id, created: true, epoch: 1, seq: events.length }
      })
      .pipe(Effect.withSpan("Journal.create"))
const isCached = (state: StateFile, keys: ReadonlyArray<string>): boolean =>
  state.first(
    "select 1 as found from orchestration.cache where key in (select value from json_each(?)) limit 1",
    JSON.stringify(keys)
  ) !== undefined
const appendOf =
  (store: OpenStore): Journal["Service"]["append"] =>
  (at, given, tail) =>
    store.append<number, StaleSequence | Fenced>(given.length + (tail?.events.length ?? 0), (state) => {
      const { epoch, expectedSeq, now, run } = at
      const events = tail === undefined || isCached(state, tail.unless) ? given : [...given, ...tail.events]
      const moved = state.run(
        "update orchestration.run set seq = ? where id = ? and epoch = ? and seq = ?",
        expectedSeq + events.length,
        run,
        epoch,
        expectedSeq
      )
      if (moved === 0) throw new Refused(whyNot(state, at))
      insertEvents(state, storedOf(events, { run, after: expectedSeq, epoch, now }), noOwner)
      return expectedSeq + events.length
    })
const runOfCommandOf =
  (store: OpenStore): Journal["Service"]["runOfCommand"] =>
  (commandId) =>
    store.read(undefined as RunId | undefined, (state) => {
      const row = state.first("select id from orchestration.run where command_id = ?", commandId)
      return row === undefined ? undefined : String(row["id"])
    })

/** The event log in SQLite: an append with its projections is one transaction, shared with whoever waits. */
export const makeJournal = (store: OpenStore): Journal["Service"] => ({
  create: createOf(store),
  runOfCommand: runOfCommandOf(store),
  append: appendOf(store),
  durable: store.durable,
  read: readOf(store),
  takeOver: takeOverOf(store)
})

const firstEventError = (id: RunId) =>
  new StoreError({
    reason: "other",
    detail: `run ${id} does not begin with RunRequested`,
    hint: "Report this: it is a fault of Tetra"
  })
