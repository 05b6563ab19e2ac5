/** Which version of a pipeline is in force, and how another one comes into force. A promotion is one append to the journal: all of it or nothing. */
import { randomBytes } from "node:crypto"
import { Effect } from "effect"
import { recordedPlan } from "../../domain/evolve.ts"
import type { RunId, Version } from "../../domain/Names.ts"
import type { Promotion, RunEvent, StoredEvent } from "../../domain/RunEvent.ts"
import { emptyPlan, republish, type Republished } from "../../planning/versions/republish.ts"
import { ownName, shadowName } from "../../domain/shadowNames.ts"
import type { Project } from "../../planning/Project.ts"
import { thisOwner } from "../owners.ts"
import { Journal, type StoreError } from "../ports/Journal.ts"
import { Leases } from "../ports/Leases.ts"
import { type RunRow, StateQueries } from "../ports/StateQueries.ts"
import { type Busy, busy } from "../refusals.ts"

/** What history calls a run that puts a version in force. */
export const promotionMode = "promotion"
/** So many of the newest such runs of a pipeline are looked at: a mode of the user's may have the same name. */
const lookBack = 50

export interface RecordedPromotion extends Promotion {
  readonly run: RunId
  /** Epoch milliseconds. */
  readonly at: number
}
const recordedOf = ({ id, requestedAt, trigger }: RunRow): ReadonlyArray<RecordedPromotion> =>
  trigger.kind === "promotion" && trigger.promotion !== undefined ? [{ ...trigger.promotion, run: id, at: requestedAt }] : []
/** Newest first. */
export const promotionsOf = (pipeline: string): Effect.Effect<ReadonlyArray<RecordedPromotion>, StoreError, StateQueries> =>
  Effect.map(
    Effect.flatMap(StateQueries, (queries) => queries.runs({ pipeline, mode: promotionMode, limit: lookBack })),
    (rows) => rows.flatMap(recordedOf)
  )
/** The versions in force where another one than the file says was promoted since the file said so. */
export const promotedVersions = (
  project: Pick<Project, "config" | "declared">
): Effect.Effect<Readonly<Record<string, string>>, StoreError, StateQueries> =>
  Effect.gen(function* () {
    const found: Record<string, string> = {}
    for (const [pipeline, declared] of Object.entries(project.declared ?? {})) {
      const [last] = yield* promotionsOf(pipeline)
      const isThere = last !== undefined && project.config.pipelines?.[pipeline]?.versions?.[last.to] !== undefined
      if (isThere && last.declared === declared) found[pipeline] = last.to
    }
    return found
  })

export interface Change extends Omit<Promotion, "before" | "data" | "superseded"> {
  /** The run whose results come into force, with the pipeline as it calls it; undefined: no asset moves. */
  readonly data: { readonly run: RunId; readonly recorded: string } | undefined
  readonly configVersion: string
}
export interface Changed {
  readonly run: RunId
  readonly assets: Republished["assets"]
}
/** The newest run of the pipeline that published what is in force now. */
const inForce = (assets: Iterable<string>): Effect.Effect<RunId | undefined, StoreError, StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const found = (yield* Effect.forEach(assets, (asset) => queries.assetVersions(asset, 1))).flat()
    return found.toSorted((a, b) => Date.parse(b.producer.at) - Date.parse(a.producer.at))[0]?.producer.run
  })
/** The plan and the events of a run as those of another; nothing where its record is folded away. */
const sourceOf = (data: NonNullable<Change["data"]>, to: string) =>
  Effect.gen(function* () {
    const events: ReadonlyArray<StoredEvent> = yield* (yield* Journal).read(data.run)
    const plan = recordedPlan(events)
    if (plan === undefined) return undefined
    const queries = yield* StateQueries
    const names = new Set(events.flatMap((e) => (e._tag === "AssetPublished" ? [ownName(e.asset)] : [])))
    const newest = new Map<string, Version>()
    for (const name of names) for (const { version } of yield* queries.assetVersions(name, 1)) newest.set(name, version)
    return republish({ id: data.run, plan, events }, { recorded: data.recorded, version: to, newest })
  })
const newRunId = (now: number): RunId =>
  `${new Date(now)
    .toISOString()
    .replace(/[-:]/gu, "")
    .replace(/\.(\d+)Z/u, "$1")}-${randomBytes(3).toString("hex")}`

/** Versions that the pipeline published since `since`, which are in force until now. */
const publishedSince = (
  assets: Iterable<string>,
  since: number,
  next: ReadonlyMap<string, Version>
): Effect.Effect<ReadonlyArray<string>, StoreError, StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const found: Array<string> = []
    for (const asset of assets)
      for (const { producer, version } of yield* queries.assetVersions(asset))
        if (Date.parse(producer.at) >= since && next.get(asset) !== version) found.push(shadowName(asset, version))
    return found
  })

/**
 * Puts `to` in force, with its assets, in one append under the lease of the pipeline: a run of it that goes on elsewhere is refused with who has it.
 * `assets`: all that the pipeline provides. `since`: what a rollback takes out of force was published from then on. `now`: epoch milliseconds.
 */
export const changeVersion = (
  change: Change,
  about: { readonly assets: ReadonlyArray<string>; readonly since: number | undefined; readonly now: number }
): Effect.Effect<Changed, StoreError | Busy, Journal | Leases | StateQueries> =>
  Effect.gen(function* () {
    const { assets, now, since } = about
    const [journal, leases] = [yield* Journal, yield* Leases]
    const { configVersion, data, ...promotion } = change
    const { pipeline } = change
    const [owner, id, keys] = [thisOwner(), newRunId(now), [`pipeline/${pipeline}`]]
    const lock = yield* leases.acquire(keys, owner, id, now)
    if (lock._tag === "Busy") return yield* busy(pipeline, lock.holder)
    const record = Effect.gen(function* () {
      const source = data === undefined ? undefined : yield* sourceOf(data, change.to)
      const { assets: moved, events, plan } = source ?? { plan: emptyPlan(), events: [], assets: new Map<string, Version>() }
      const before = yield* inForce(assets)
      const superseded = since === undefined ? undefined : yield* publishedSince(assets, since, moved)
      const told: Promotion = {
        ...promotion,
        data: source === undefined ? undefined : data?.run,
        before,
        ...(superseded === undefined ? {} : { superseded })
      }
      const first: ReadonlyArray<RunEvent> = [
        {
          _tag: "RunRequested",
          planHash: plan.hash,
          mode: promotionMode,
          pipelines: [pipeline],
          params: {},
          trigger: {
            kind: "promotion",
            detail: `${change.kind} ${pipeline} ${change.from} -> ${change.to}, by ${change.by}${change.reason === "" ? "" : `: ${change.reason}`}`,
            versions: { [pipeline]: change.to },
            promotion: told
          },
          force: false,
          commandId: undefined,
          configVersion,
          plugins: Object.fromEntries(plan.pipelines.map((p) => [p.plugin, p.pluginVersion]))
        },
        { _tag: "PlanFixed", plan: { ...plan, mode: promotionMode } },
        { _tag: "RunStarted", owner }
      ]
      const end: RunEvent = { _tag: "RunEnded", status: "completed", reason: undefined, durationMs: 0 }
      yield* journal.create({ id, commandId: undefined, owner, events: [...first, ...events, end], at: now })
      return { run: id, assets: moved }
    })
    return yield* Effect.ensuring(record, Effect.ignore(leases.release(keys, owner, id)))
  })
