/** What becomes of interrupted runs when a new one starts. */
import { Engine, Journal, type RunPlan, type RunRow } from "@tetra/core/engine"
import { Effect } from "effect"
import { orphanText } from "./orphans.ts"

/** Takes a line that a person should read. */
type Say = (line: string) => void
/** Ends a run whose process is gone, in its own journal, so that nothing waits for it. */
const closeOrphan = (row: RunRow, say: Say) =>
  Effect.gen(function* () {
    const engine = yield* Engine
    const reason = `interrupted: its process ${row.owner.pid} is gone, and another plan was started`
    // Another process may have taken the run over since it was looked at: whoever holds its pipelines decides about it.
    const closed = yield* engine.abandon(row.id, reason).pipe(Effect.catchTag("Busy", () => Effect.succeed(false)))
    if (!closed) return
    say(`run ${row.id} was interrupted (process ${row.owner.pid} is gone); it had another plan and is closed as failed`)
  })

/**
 * A forced run computes everything anew, so it goes on only with what a forced run had computed. A command that has an id goes on only with the
 * run that it had opened itself.
 */
const isMeant = (row: RunRow, plan: RunPlan, ofCommand: string | null | undefined) =>
  ofCommand === undefined || ofCommand === row.id ? isForcedAlike(row, plan) : Effect.succeed(false)
const isForcedAlike = (row: RunRow, plan: RunPlan) =>
  Effect.map(
    Effect.flatMap(Journal, (journal) => (plan.force ? journal.read(row.id) : Effect.succeed([]))),
    ([first]) => (plan.force ? first?._tag === "RunRequested" && first.force : true)
  )

interface Settling {
  /** True when a person named the run to continue: then nothing is continued by itself. */
  readonly told: boolean
  /** The run that the command of this id opened before, null when it opened none; undefined when the command has no id. */
  readonly ofCommand?: string | null | undefined
  readonly say: Say
}
/** Answers the interrupted run that the same plan continues. Others that share a pipeline with the plan are closed as failed, the rest is told. */
export const settleOrphans = (plan: RunPlan, { ofCommand, say, told }: Settling) =>
  Effect.gen(function* () {
    const engine = yield* Engine
    const orphans = yield* engine.orphans
    let continued: string | undefined
    for (const row of orphans) {
      const shares = row.pipelines.some((name) => plan.pipelines.some((p) => p.name === name))
      if (told || !shares) say(orphanText(row))
      else if (row.planHash === plan.hash && continued === undefined && (yield* isMeant(row, plan, ofCommand))) {
        continued = row.id
        say(`run ${row.id} was interrupted (process ${row.owner.pid} is gone): continuing it`)
      } else yield* closeOrphan(row, say)
    }
    return continued
  })
