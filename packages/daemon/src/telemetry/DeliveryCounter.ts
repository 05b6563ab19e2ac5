/** Counts what became of messages, from what is recorded of them: whichever process sent them. */
import type { Ledger, StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import { deliveries } from "../alerting/records.ts"
import type { MetricSet } from "./MetricSet.ts"

/** Messages of this time are looked at: retries end within it. */
const lookBackMs = 25 * 3_600_000
const most = 1_000
const isOver = (state: string): boolean => state === "sent" || state === "dead" || state === "suppressed"

/** The first look counts nothing: it finds what was before. */
export class DeliveryCounter {
  #counted: ReadonlySet<string> | undefined
  readonly #metrics: MetricSet
  constructor(metrics: MetricSet) {
    this.#metrics = metrics
  }
  look(now: number): Effect.Effect<void, StoreError, Ledger> {
    return Effect.map(deliveries.list({ from: now - lookBackMs, newestFirst: true, limit: most }), (all) => {
      const over = all.filter(({ body }) => isOver(body.state))
      const before = this.#counted
      this.#counted = new Set(over.map(({ key }) => key))
      if (before === undefined) return
      for (const { body, key } of over)
        if (!before.has(key)) this.#metrics.add("tetra_deliveries_total", { channel: body.channel, outcome: body.state })
    })
  }
}
