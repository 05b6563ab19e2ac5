/** Runs whose process is gone: told once at the start of every command that opens the store. */
import { hostname } from "node:os"
import process from "node:process"
import { isProcessGone, type RunRow, StateQueries } from "@tetra/core/engine"
import { Effect } from "effect"
import type { Status } from "../domain.ts"
import { glyph, lookOf, paint } from "../output/plain/look.ts"

/** Recorded as open, but its process is gone. Of a process of another host nothing can be said. */
export const isOrphan = ({ endedAt, owner, requestedAt }: RunRow): boolean =>
  endedAt === undefined && owner.host === hostname() && isProcessGone(owner, requestedAt)
export const orphansOf = (open: ReadonlyArray<RunRow>): ReadonlyArray<RunRow> => open.filter(isOrphan)

/** How a run stands, as every command says it: `interrupted` for one whose process is gone. */
export const standingOf = (run: RunRow): Status | "interrupted" => (isOrphan(run) ? "interrupted" : run.status)
export const goneText = ({ owner }: Pick<RunRow, "owner">): string => `process ${owner.pid} is gone`

export const resumeOf = (run: Pick<RunRow, "id">): string => `tetra run --resume ${run.id}`
export const orphanText = (run: RunRow): string =>
  `run ${run.id} was interrupted (${goneText(run)}); what was finished is kept; \`${resumeOf(run)}\` continues it`

/** One line per interrupted run, on standard error. */
export const tellOrphans: Effect.Effect<void, never, StateQueries> = Effect.gen(function* () {
  const queries = yield* StateQueries
  const open = yield* queries.runs({ open: true }).pipe(Effect.orElseSucceed(() => []))
  const look = lookOf(process.stderr, process.env)
  for (const run of orphansOf(open)) process.stderr.write(`${paint(look, "warn", glyph(look, "warning"))} ${orphanText(run)}\n`)
})
