/** The asset of one market rule, from version to version. */
import type { Table } from "@tetra/core"
import {
  ArtifactStore,
  type AssetVersion,
  type Ledger,
  type LedgerConflict,
  type Project,
  StateQueries,
  type StoreError
} from "@tetra/core/engine"
import { Effect, Result } from "effect"
import type { Happening } from "./decideEvent.ts"
import { marketEvents, MarketScan } from "./marketEvents.ts"
import { compileMarketRule, type MarketRule } from "./marketRule.ts"
import { triggerStates } from "./records.ts"
import { recordEvents } from "./recordEvents.ts"
import type { TriggerOf } from "./TriggerSpec.ts"

/** How often rows that could not be known yet are looked at again. */
const againMs = 60_000
const tableOf = ({ catalogue }: Pick<Project, "catalogue">, asset: string): Table | undefined => {
  for (const { shape } of catalogue.pipelines.values())
    for (const { name, type } of shape.stages.flatMap((stage) => [...stage.provides]))
      if (name === asset && type.kind === "table") return type
  return undefined
}
export class MarketWatch {
  readonly spec: TriggerOf<"market">
  /** Why it never fires. */
  readonly problem: string | undefined
  private readonly rule: MarketRule | undefined
  private readonly table: Table | undefined
  private lookedAt = -Infinity

  constructor(spec: TriggerOf<"market">, project: Pick<Project, "catalogue">) {
    this.spec = spec
    this.table = tableOf(project, spec.written.on)
    const rule = compileMarketRule(spec.written.when)
    this.rule = Result.isSuccess(rule) ? rule.success : undefined
    this.problem = Result.isFailure(rule)
      ? rule.failure
      : this.table === undefined
        ? `"${spec.written.on}" is no table of this project`
        : undefined
  }
  /** Looks at the newest version. What was known before the trigger was new is none of its business. */
  look(now: number): Effect.Effect<void, StoreError | LedgerConflict, Ledger | StateQueries | ArtifactStore> {
    const { id, written } = this.spec
    return Effect.gen({ self: this }, function* () {
      const [newest] = yield* (yield* StateQueries).assetVersions(written.on, 1)
      if (newest?.output.kind !== "table") return
      const state = (yield* triggerStates.get(id))?.body ?? {}
      const isNew = state.newest?.[written.on] !== newest.version
      const seen = state.consumed?.[written.on]
      const after = seen === undefined ? undefined : Date.parse(seen)
      const knownAt = Date.parse(newest.output.knownAt ?? "")
      const isLeft = after !== undefined && knownAt > after && now - this.lookedAt >= againMs
      if (!isNew && !isLeft) return
      this.lookedAt = now
      const happenings = after === undefined ? [] : yield* this.events(newest, { after, now })
      // Not now: what comes with a later version may have been known before we looked.
      const upTo = { [written.on]: new Date(Number.isNaN(knownAt) ? now : Math.min(now, knownAt)).toISOString() }
      yield* recordEvents({
        spec: this.spec,
        happenings,
        now,
        state: (before) => ({
          ...before,
          newest: { ...before.newest, [written.on]: newest.version },
          consumed: { ...before.consumed, ...upTo }
        })
      })
    })
  }
  private events(
    { output, producer }: AssetVersion,
    span: { readonly after: number; readonly now: number }
  ): Effect.Effect<ReadonlyArray<Happening>, StoreError, ArtifactStore> {
    const { rule, spec, table } = this
    return Effect.gen(function* () {
      if (rule === undefined || table === undefined || output.kind !== "table") return []
      const data = (yield* ArtifactStore).open(table, output, producer)
      return yield* Effect.promise(async () => {
        const scan = new MarketScan(table)
        const found: Array<Happening> = []
        for await (const batch of data.scan()) found.push(...marketEvents(spec, rule, scan.rows(batch), span))
        return found
      })
    })
  }
}
