/** Ended runs that are old: their events are folded into one summary. */
import { Effect } from "effect"
import { archivedKinds, archiveOf } from "../../domain/archive.ts"
import type { Retention } from "../../domain/Retention.ts"
import type { StoredEvent } from "../../domain/RunEvent.ts"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Change, Value } from "../projections.ts"
import { type Row, toStored } from "../rows.ts"
import { breathe, eachPage, type Ground, rowsPerPage } from "../Ground.ts"
import { BatchSize } from "./BatchSize.ts"
import { isReused } from "./objectsOf.ts"

/** Runs and events that share one transaction at the most: it holds the store for some milliseconds. */
const maxRuns = 500
const maxEvents = 800
const eventsAtOnce = { first: 150, least: 100, most: maxEvents }
/** Rows of a large run that are looked at at once. */
const rowsAtOnce = 800

interface Old {
  readonly run: string
  readonly seq: number
  readonly epoch: number
}
const instant = (at: number): Value => ({ as: "instant", at })

/**
 * Runs that the state of a pipeline follows from: the newest, and the newest that succeeded. They keep their events whatever their age, so that
 * what is known about a pipeline never changes by forgetting. So does the run that was written to last: the place of its last event in the
 * log must not be given to another.
 */
const neededRuns = (ground: Ground): Effect.Effect<ReadonlySet<string>, StoreError> =>
  Effect.gen(function* () {
    const states = yield* ground.ask(
      `select pipeline_name, ${ground.dialect.textIn("metadata", "last_run")} as run from orchestration.pipeline_state`
    )
    const last = yield* ground.ask("select run_id as run from orchestration.event order by event.id desc limit 1")
    const needed = new Set([...states, ...last].map(({ run }) => String(run)))
    for (const { pipeline_name: pipeline } of states) {
      const [newest] = yield* ground.ask(
        `select ${ground.dialect.textIn("metadata", "run")} as run from orchestration.pipeline_runs
where pipeline_name = ? and status in ('success', 'partial') order by pipeline_runs.end_time desc limit 1`,
        String(pipeline)
      )
      if (newest !== undefined) needed.add(String(newest["run"]))
    }
    return needed
  })

/** Visits every run that is to be archived, oldest end first. */
export const eachOldRun = (
  ground: Ground,
  { failedRunsMs, runsMs }: Retention,
  now: number,
  visit: (runs: ReadonlyArray<Old>) => Effect.Effect<void, StoreError>
): Effect.Effect<void, StoreError> =>
  Effect.gen(function* () {
    const needed = yield* neededRuns(ground)
    const before = instant(now - Math.min(runsMs, failedRunsMs))
    const page = (last: Row | undefined) => {
      const after = last === undefined ? "" : "and (run.ended_at > ? or (run.ended_at = ? and id > ?))"
      const at = instant(Number(last?.["ended_at"]))
      return ground.ask(
        `select id, seq, epoch, ${ground.millis("ended_at")} as ended_at from orchestration.run
where archived_at is null and run.ended_at < ? and run.ended_at < case when status = 'failed' then ? else ? end ${after}
order by run.ended_at, id limit ${rowsPerPage}`,
        before,
        instant(now - failedRunsMs),
        instant(now - runsMs),
        ...(last === undefined ? [] : [at, at, String(last["id"])])
      )
    }
    yield* eachPage(page, (rows) =>
      visit(
        rows
          .filter(({ id }) => !needed.has(String(id)))
          .map(({ epoch, id, seq }) => ({ run: String(id), seq: Number(seq), epoch: Number(epoch) }))
      )
    )
  })

const summaryOf = (ground: Ground, { run, seq }: Old, now: number) =>
  Effect.gen(function* () {
    const counts: Record<string, number> = {}
    const events: Array<StoredEvent> = []
    const kinds = archivedKinds.map((kind) => `'${kind}'`).join(", ")
    for (let from = 1; from <= seq; from += rowsAtOnce) {
      const window = "run_id = ? and run_seq >= ? and run_seq < ?"
      const given = [run, from, from + rowsAtOnce] as const
      const numbers = yield* ground.ask(
        `select kind, count(*) as n from orchestration.event where ${window} group by kind`,
        ...given
      )
      for (const { kind, n } of numbers) counts[String(kind)] = (counts[String(kind)] ?? 0) + Number(n)
      const rows = yield* ground.ask(
        `select run_id, run_seq, kind, v, epoch, ${ground.text("payload")} as payload, ${ground.millis("at")} as at
from orchestration.event where ${window} and kind in (${kinds}) order by run_seq`,
        ...given
      )
      events.push(...rows.map(toStored))
      if (seq > rowsAtOnce) yield* breathe
    }
    return archiveOf(events, counts, now)
  })

/** True inside the transaction only when this very archiving took hold: nobody went on with the run meanwhile. */
const held = "exists (select 1 from orchestration.run where id = ? and archived_at = ?)"
const summarised = (ground: Ground, { epoch, run, seq }: Old, payload: object, now: number): ReadonlyArray<Change> => [
  {
    sql: `update orchestration.run set archived_at = ?, archiving = 1
where id = ? and epoch = ? and seq = ? and ended_at is not null and archived_at is null`,
    values: [instant(now), run, epoch, seq]
  },
  {
    sql: `update orchestration.event set kept = 1, digest = null where run_id = ? and run_seq > 1 and (${isReused(ground)}
  or run_seq in (select run_seq from orchestration.asset_version where run_id = ?)) and ${held}`,
    values: [run, run, run, instant(now)]
  },
  {
    sql: `update orchestration.event set kind = 'RunArchived', payload = ?, digest = null where run_id = ? and run_seq = 1 and ${held}`,
    values: [{ as: "json", text: JSON.stringify(payload) }, run, run, instant(now)]
  }
]
const deleted = (run: string, limit: number): ReadonlyArray<Change> => {
  const archiving = "exists (select 1 from orchestration.run where id = ? and archiving is not null)"
  return [
    {
      sql: `delete from orchestration.event where id in (
  select id from orchestration.event where run_id = ? and run_seq > 1 and kept is null limit ${limit}) and ${archiving}`,
      values: [run, run]
    },
    { sql: `delete from orchestration.checkpoint where run_id = ? and ${archiving}`, values: [run, run] }
  ]
}
const finished = (run: string): Change => ({
  sql: `update orchestration.run set archiving = null where id = ? and not exists (
  select 1 from orchestration.event where run_id = ? and run_seq > 1 and kept is null)`,
  values: [run, run]
})
/** Deletes what the summary of a large run stands for, bit by bit. */
const deleteDetails = (ground: Ground, run: string): Effect.Effect<void, StoreError> =>
  Effect.gen(function* () {
    const batch = new BatchSize(eventsAtOnce)
    for (;;) {
      yield* batch.measuring(ground.change([...deleted(run, batch.size), finished(run)]))
      const left = yield* ground.ask("select 1 from orchestration.run where id = ? and archiving is not null", run)
      if (left.length === 0) return
      yield* breathe
    }
  })
/** Runs whose archiving was cut off: the summary is there, the rest goes now. */
const finishCutOff = (ground: Ground) =>
  Effect.flatMap(ground.ask("select id from orchestration.run where archiving is not null"), (rows) =>
    Effect.forEach(rows, ({ id }) => deleteDetails(ground, String(id)), { discard: true })
  )

/** Archives every run that is old enough. Answers how many runs and events that were. */
export const archiveRuns = (
  ground: Ground,
  retention: Retention,
  now: number,
  told: (runs: number) => void
): Effect.Effect<{ readonly runs: number; readonly events: number }, StoreError> =>
  Effect.gen(function* () {
    yield* finishCutOff(ground)
    let [runs, events] = [0, 0]
    const batch = new BatchSize(eventsAtOnce)
    let group: Array<Change> = []
    let [groupRuns, groupEvents] = [0, 0]
    const commit = Effect.gen(function* () {
      if (group.length === 0) return
      yield* batch.measuring(ground.change(group))
      group = []
      groupRuns = groupEvents = 0
      told(runs)
      yield* breathe
    })
    const archive = (old: Old) =>
      Effect.gen(function* () {
        const summary = yield* summaryOf(ground, old, now)
        if (summary === undefined) return // its record is damaged: `state verify` tells, nothing is thrown away
        const { _tag, at: _at, ...payload } = summary
        if (groupRuns === maxRuns || groupEvents + old.seq > batch.size) yield* commit
        group.push(...summarised(ground, old, payload, now))
        runs += 1
        events += old.seq - 1
        groupRuns += 1
        groupEvents += old.seq
        if (old.seq <= maxEvents) group.push(...deleted(old.run, maxEvents), finished(old.run))
        else {
          yield* commit
          yield* deleteDetails(ground, old.run)
        }
      })
    yield* eachOldRun(ground, retention, now, (page) => Effect.forEach(page, archive, { discard: true }))
    yield* commit
    return { runs, events }
  })
