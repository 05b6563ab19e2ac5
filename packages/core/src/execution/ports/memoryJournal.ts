import { Context, Effect, Layer } from "effect"
import { isShadow } from "../../domain/shadowNames.ts"
import type { RunId } from "../../domain/Names.ts"
import { Fenced, Journal, StaleSequence, StoreError } from "./Journal.ts"
import { checkpointKey, MemoryState } from "./memoryState.ts"
import { type RunRow, eventsAtOnce, StateQueries, UnknownPosition } from "./StateQueries.ts"

export const noRun = (run: RunId) =>
  new StoreError({ reason: "other", detail: `there is no run ${run}`, hint: "tetra history lists the runs." })
const firstEventError = (run: RunId) =>
  new StoreError({
    reason: "other",
    detail: `run ${run} does not begin with RunRequested`,
    hint: "Report this: it is a fault of Tetra"
  })

export const memoryJournal = (state: MemoryState): typeof Journal.Service => ({
  create: ({ id, commandId, owner, events, at }) =>
    Effect.gen(function* () {
      const known = commandId === undefined ? undefined : state.commands.get(commandId)
      if (known !== undefined) {
        const { row } = state.runs.get(known)!
        return { id: known, created: false, epoch: row.epoch, seq: row.seq }
      }
      if (events[0]?._tag !== "RunRequested") return yield* firstEventError(id)
      state.open(id, owner, at)
      if (commandId !== undefined) state.commands.set(commandId, id)
      state.append(id, events, at)
      return { id, created: true, epoch: 1, seq: events.length }
    }),
  runOfCommand: (commandId) => Effect.sync(() => state.commands.get(commandId)),
  append: ({ run, expectedSeq, epoch, now }, events, tail) =>
    Effect.gen(function* () {
      const row = state.runs.get(run)?.row
      if (row === undefined) return yield* noRun(run)
      if (row.epoch !== epoch) return yield* new Fenced({ run, epoch, found: row.epoch })
      if (row.seq !== expectedSeq) return yield* new StaleSequence({ run, expected: expectedSeq, found: row.seq })
      const isKnown = tail?.unless.some((key) => state.cache.has(key)) ?? true
      state.append(run, isKnown ? events : [...events, ...(tail?.events ?? [])], now)
      return row.seq
    }),
  durable: Effect.void,
  read: (run, fromSeq = 1) =>
    Effect.suspend(() => {
      const known = state.runs.get(run)
      return known === undefined ? Effect.fail(noRun(run)) : Effect.succeed(known.events.filter((e) => e.seq >= fromSeq))
    }),
  takeOver: (run) =>
    Effect.suspend(() => {
      const row = state.runs.get(run)?.row
      if (row === undefined) return Effect.fail(noRun(run))
      row.epoch++
      return Effect.succeed({ epoch: row.epoch, seq: row.seq })
    })
})
const newestFirst = <A>(rows: Iterable<A>, limit: number | undefined): ReadonlyArray<A> => [...rows].reverse().slice(0, limit)

export const memoryQueries = (state: MemoryState): typeof StateQueries.Service => ({
  runs: (filter = {}) =>
    Effect.sync(() => {
      const behind = filter.behind === undefined ? undefined : state.runs.get(filter.behind)?.row
      const isBehind = (row: RunRow): boolean =>
        behind !== undefined &&
        (row.requestedAt < behind.requestedAt || (row.requestedAt === behind.requestedAt && row.id < behind.id))
      return newestFirst(
        [...state.runs.values()]
          .map((r) => r.row)
          .filter(
            (row) =>
              (filter.pipeline === undefined || row.pipelines.includes(filter.pipeline)) &&
              (filter.status === undefined || row.status === filter.status) &&
              (filter.open === undefined || (row.endedAt === undefined) === filter.open) &&
              (filter.mode === undefined || row.mode === filter.mode) &&
              (filter.trigger === undefined || row.trigger.kind === filter.trigger) &&
              (filter.since === undefined || row.requestedAt >= filter.since) &&
              (filter.until === undefined || row.requestedAt < filter.until) &&
              (filter.behind === undefined || isBehind(row))
          ),
        filter.limit
      )
    }),
  run: (id) =>
    Effect.sync(() => {
      const rows = [...state.runs.values()].map((r) => r.row)
      if (id === "latest") return rows.at(-1)
      const found = rows.filter((row) => row.id.startsWith(id))
      return rows.find((row) => row.id === id) ?? (found.length === 1 ? found[0] : undefined)
    }),
  pipelineRuns: (filter = {}) =>
    Effect.sync(() =>
      newestFirst(
        state.pipelineRuns.filter(
          (row) =>
            (filter.pipeline === undefined || row.pipeline === filter.pipeline) &&
            (filter.run === undefined || row.run === filter.run)
        ),
        filter.limit
      )
    ),
  eventsAfter: (position = "0", limit = eventsAtOnce) =>
    Effect.suspend(() => {
      const from = /^\d+$/u.test(position) ? Number(position) : Infinity
      if (from > state.log.length) return Effect.fail(new UnknownPosition({ position }))
      const events = state.log.slice(from, from + limit)
      return Effect.succeed(events.map((event, i) => ({ position: String(from + i + 1), event })))
    }),
  forgottenAfter: () => Effect.succeed(false),
  newestPosition: Effect.sync(() => String(state.log.length)),
  pipelineStates: Effect.sync(() => [...state.pipelines.values()].filter(({ pipeline }) => !isShadow(pipeline))),
  assets: Effect.sync(() => [...state.assets].flatMap(([asset, versions]) => (isShadow(asset) ? [] : versions.slice(-1)))),
  assetVersions: (asset, limit) => Effect.sync(() => newestFirst(state.assets.get(asset) ?? [], limit)),
  cached: (keys) =>
    Effect.sync(
      () =>
        new Map(
          keys.flatMap((key) => {
            const unit = state.cache.get(key)
            return unit === undefined ? [] : [[key, unit] as const]
          })
        )
    ),
  checkpoint: (run, stage, partition) => Effect.sync(() => state.checkpoints.get(checkpointKey(run, stage, partition)))
})
/** Journal and read side over one memory; pass `state` to keep it beyond the layer. */
export const layerMemoryOf = (state: MemoryState): Layer.Layer<Journal | StateQueries> =>
  Layer.succeedContext(Context.make(Journal, memoryJournal(state)).pipe(Context.add(StateQueries, memoryQueries(state))))
