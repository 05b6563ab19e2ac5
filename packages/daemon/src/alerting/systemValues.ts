/** What rules may ask of the system: measured by who asks. */
import { type Ledger, type RunRow, StateQueries, type StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import type { MemoryFacts, SystemHealth } from "../health/index.ts"
import type { Values } from "./condition/variables.ts"
import { deliveries, type Delivery } from "./records.ts"

export interface Measured {
  readonly disk: SystemHealth["disk_space"]
  readonly memory: MemoryFacts
  /** How late the last timer came, and how far the clock went beside it. */
  readonly loopLagMs: number
  readonly clockJumpSeconds: number
  readonly environment: string | undefined
  /** Runs that have not ended, and what was queued in the last 24 hours. */
  readonly open: ReadonlyArray<RunRow>
  readonly recent: ReadonlyArray<Delivery>
  readonly now: number
}
/** The rest is in the store. */
export const systemValues = ({
  clockJumpSeconds,
  disk,
  environment,
  loopLagMs,
  memory,
  now,
  open,
  recent
}: Measured): Effect.Effect<Values, StoreError, Ledger | StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const began = performance.now()
    yield* queries.newestPosition
    const db_latency_ms = performance.now() - began
    const [oldest] = yield* deliveries.list({ dueBy: now, limit: 1 })
    return {
      environment,
      disk_free_ratio: disk.free_ratio ?? undefined,
      memory_used_ratio: memory.limitBytes === 0 ? undefined : 1 - memory.availableBytes / memory.limitBytes,
      loop_lag_ms: loopLagMs,
      db_latency_ms,
      outbox_oldest_seconds: oldest === undefined ? 0 : Math.max(0, now - oldest.at) / 1000,
      clock_jump_seconds: clockJumpSeconds,
      queue_depth: open.filter(({ status }) => status === "pending").length,
      dead_deliveries: recent.filter(({ body }) => body.state === "dead").length,
      now
    }
  })
