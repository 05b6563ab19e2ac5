/** Old versions of assets: all but the newest, the young and the pinned ones. */
import { Effect } from "effect"
import { isPinned, type Retention } from "../../domain/Retention.ts"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { breathe, eachPage, type Ground, rowsPerPage } from "../Ground.ts"

export interface OldVersion {
  readonly asset: string
  readonly version: string
  readonly run: string
  readonly seq: number
}
/** `now` in epoch milliseconds; `archived`: runs that count as archived, in a dry run. */
interface When {
  readonly now: number
  readonly archived?: ReadonlySet<string>
}
/** A version goes no sooner than the record of the run that made it; so the retention of failed runs holds for what they made, too. */
const versionsOf = (ground: Ground, asset: string, retention: Retention, { archived, now }: When) =>
  Effect.gen(function* () {
    const old: Array<OldVersion> = []
    let newer = 0
    const visit = (rows: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
      Effect.sync(() => {
        for (const row of rows) {
          newer += 1
          const version = String(row["version"])
          const run = String(row["run_id"])
          const whole = row["archived_at"] === null && archived?.has(run) !== true
          const young = Number(row["at"]) > now - retention.runsMs
          if (newer <= retention.versions || young || whole || isPinned(retention, asset, version)) continue
          old.push({ asset, version, run, seq: Number(row["run_seq"]) })
        }
      })
    yield* eachPage(
      (last) =>
        ground.ask(
          `select v.id as id, version, run_id, run_seq, ${ground.millis("v.at")} as at, ${ground.millis("r.archived_at")} as archived_at
from orchestration.asset_version as v left join orchestration.run as r on r.id = v.run_id
where asset = ? ${last === undefined ? "" : "and v.id < ?"} order by v.id desc limit ${rowsPerPage}`,
          asset,
          ...(last === undefined ? [] : [Number(last["id"])])
        ),
      visit
    )
    return old
  })
/** Versions that are to go. */
export const oldVersions = (
  ground: Ground,
  retention: Retention,
  when: When
): Effect.Effect<ReadonlyArray<OldVersion>, StoreError> =>
  Effect.gen(function* () {
    const assets = yield* ground.ask("select distinct asset from orchestration.asset_version")
    const old = yield* Effect.forEach(assets, ({ asset }) => versionsOf(ground, String(asset), retention, when))
    return old.flat()
  })
/** Forgets versions, unless they were published anew meanwhile; the event that stood for them goes with them. */
export const dropVersions = (ground: Ground, old: ReadonlyArray<OldVersion>): Effect.Effect<void, StoreError> =>
  Effect.gen(function* () {
    for (let from = 0; from < old.length; from += rowsPerPage) {
      const changes = old.slice(from, from + rowsPerPage).flatMap(({ asset, run, seq, version }) => [
        {
          sql: "delete from orchestration.asset_version where asset = ? and version = ? and run_id = ? and run_seq = ?",
          values: [asset, version, run, seq]
        },
        { sql: "delete from orchestration.event where run_id = ? and run_seq = ? and kept is not null", values: [run, seq] }
      ])
      yield* ground.change(changes)
      yield* breathe
    }
  })
