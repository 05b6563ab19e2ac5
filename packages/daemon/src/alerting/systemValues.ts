/** What rules may ask of the system: measured by who asks. */
import { type Ledger, StateQueries, type StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import type { MemoryFacts, SystemHealth } from "../health/index.ts"
import type { Values } from "./condition/variables.ts"
import { deliveries } from "./records.ts"

const dayMs = 86_400_000
export interface Measured {
  readonly disk: SystemHealth["disk_space"]
  readonly memory: MemoryFacts
  /** How late the last timer came, and how far the clock went beside it. */
  readonly loopLagMs: number
  readonly clockJumpSeconds: number
  readonly environment: string | undefined
  readonly now: number
}
/** The rest is in the store. */
export const systemValues = ({
  clockJumpSeconds,
  disk,
  environment,
  loopLagMs,
  memory,
  now
}: Measured): Effect.Effect<Values, StoreError, Ledger | StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const began = performance.now()
    yield* queries.newestPosition
    const db_latency_ms = performance.now() - began
    const [oldest] = yield* deliveries.list({ dueBy: now, limit: 1 })
    const recent = yield* deliveries.list({ from: now - dayMs, limit: 1_000 })
    const open = yield* queries.runs({ open: true, limit: 1_000 })
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
