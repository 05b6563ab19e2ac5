import { Effect } from "effect"
import type { Owner } from "../../domain/RunEvent.ts"
import { type Holder, Leases } from "./Leases.ts"

const leaseMs = 60_000

/** `isAlive` says whether the process of an owner is there; by default every owner is. */
export const memoryLeases = (isAlive: (owner: Owner) => boolean = () => true): typeof Leases.Service => {
  const held = new Map<string, Holder>()
  const holderOf = (key: string, now: number): Holder | undefined => {
    const holder = held.get(key)
    return holder === undefined || holder.expiresAt <= now || !isAlive(holder.owner) ? undefined : holder
  }
  return {
    leaseMs,
    acquire: (keys, owner, run, now) =>
      Effect.sync(() => {
        for (const key of keys) {
          const holder = holderOf(key, now)
          if (holder !== undefined && (holder.owner.id !== owner.id || holder.run !== run))
            return { _tag: "Busy", key, holder } as const
        }
        for (const key of keys) held.set(key, { owner, run, since: now, expiresAt: now + leaseMs })
        return { _tag: "Acquired" } as const
      }),
    renew: (owner, run, now) =>
      Effect.sync(() => {
        const mine = [...held].filter(([, holder]) => holder.owner.id === owner.id && holder.run === run)
        for (const [key, holder] of mine) held.set(key, { ...holder, expiresAt: now + leaseMs })
        return mine.map(([key]) => key)
      }),
    holder: (key, now) => Effect.sync(() => holderOf(key, now)),
    release: (keys, owner, run) =>
      Effect.sync(() => {
        for (const key of keys) {
          const holder = held.get(key)
          if (holder?.owner.id === owner.id && holder.run === run) held.delete(key)
        }
      })
  }
}
