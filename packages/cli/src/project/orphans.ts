/** Runs whose process is gone: told once at the start of every command that opens the store. */
import { hostname } from "node:os"
import process from "node:process"
import { isProcessGone, type RunRow, StateQueries } from "@tetra/core/engine"
import { Effect } from "effect"
import { glyph, lookOf, paint } from "../output/plain/look.ts"

/** Recorded as open, but its process is gone. Of a process of another host nothing can be said. */
export const isOrphan = ({ endedAt, owner, requestedAt }: RunRow): boolean =>
  endedAt === undefined && owner.host === hostname() && isProcessGone(owner.pid, requestedAt)
export const orphansOf = (open: ReadonlyArray<RunRow>): ReadonlyArray<RunRow> => open.filter(isOrphan)

export const resumeOf = (run: Pick<RunRow, "id">): string => `tetra run --resume ${run.id}`
export const orphanText = (run: RunRow): string =>
  `run ${run.id} was interrupted (process ${run.owner.pid} is gone); what was finished is kept; \`${resumeOf(run)}\` continues it`

/** One line per interrupted run, on standard error. */
export const tellOrphans: Effect.Effect<void, never, StateQueries> = Effect.gen(function* () {
  const queries = yield* StateQueries
  const open = yield* queries.runs({ open: true }).pipe(Effect.orElseSucceed(() => []))
  const look = lookOf(process.stderr, process.env)
  for (const run of orphansOf(open)) process.stderr.write(`${paint(look, "warn", glyph(look, "warning"))} ${orphanText(run)}\n`)
})
