import { Effect } from "effect"
import type { Owner } from "../../domain/RunEvent.ts"
import type { Holder, Leases } from "../../execution/ports/Leases.ts"
import { blocks, stillHolds, toHolder } from "../holders.ts"
import type { OpenStore } from "./openStore.ts"
import type { StateFile } from "./StateFile.ts"

const runOfLease = "json_extract(detail, '$.run')"

const blockerOf = (state: StateFile, keys: ReadonlyArray<string>, owner: Owner, run: string, now: number) => {
  for (const key of keys) {
    const row = state.first("select * from orchestration.lease where key = ?", key)
    if (row === undefined) continue
    const holder = toHolder(row)
    if (blocks(holder, owner, run, now)) return { key, holder }
  }
  return undefined
}

/** Named locks in the state file, for `leaseMs` milliseconds. */
export const makeLeases = (store: OpenStore, leaseMs: number): Leases["Service"] => ({
  leaseMs,
  acquire: (keys, owner, run, now) =>
    store.write(1, (state) => {
      const blocker = blockerOf(state, keys, owner, run, now)
      if (blocker !== undefined) return { _tag: "Busy" as const, ...blocker }
      for (const key of keys) {
        state.run(
          `insert into orchestration.lease (key, owner, epoch, expires_at, detail) values (?, ?, 1, ?, ?) on conflict (key) do update set
  epoch = epoch + (owner <> excluded.owner), owner = excluded.owner, expires_at = excluded.expires_at, detail = excluded.detail`,
          key,
          owner.id,
          now + leaseMs,
          JSON.stringify({ owner, run, since: now })
        )
      }
      return { _tag: "Acquired" as const }
    }),
  renew: (owner, run, now) =>
    store.write(1, (state) =>
      state
        .all(
          `update orchestration.lease set expires_at = ? where owner = ? and ${runOfLease} = ? returning key`,
          now + leaseMs,
          owner.id,
          run
        )
        .map((row) => String(row["key"]))
    ),
  holder: (key, now) =>
    store.read(undefined as Holder | undefined, (state) => {
      const row = state.first("select * from orchestration.lease where key = ?", key)
      const holder = row === undefined ? undefined : toHolder(row)
      return holder !== undefined && stillHolds(holder, now) ? holder : undefined
    }),
  // What a power cut brings back expires by itself; whoever takes it next makes this durable as well.
  release: (keys, owner, run) =>
    Effect.asVoid(
      store.append(1, (state) => {
        for (const key of keys)
          state.run(`delete from orchestration.lease where key = ? and owner = ? and ${runOfLease} = ?`, key, owner.id, run)
      })
    )
})
