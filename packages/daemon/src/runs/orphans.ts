/** Runs whose process is gone. */
import { hostname } from "node:os"
import { isProcessGone, type RunRow, type Status } from "@tetra/core/engine"

/** Recorded as open, but its process is gone. Of a process of another host nothing can be said. */
export const isOrphan = ({ endedAt, owner, requestedAt }: RunRow): boolean =>
  endedAt === undefined && owner.host === hostname() && isProcessGone(owner, requestedAt)
export const orphansOf = (open: ReadonlyArray<RunRow>): ReadonlyArray<RunRow> => open.filter(isOrphan)

/** How a run stands, as every command says it: `interrupted` for one whose process is gone. */
export const standingOf = (run: RunRow): Status | "interrupted" => (isOrphan(run) ? "interrupted" : run.status)
export const goneText = ({ owner }: Pick<RunRow, "owner">): string => `process ${owner.pid} is gone`

const resumeOf = ({ id, trigger: { shadow } }: Pick<RunRow, "id" | "trigger">): string =>
  shadow === undefined
    ? `tetra run --resume ${id}`
    : `tetra pipeline shadow ${shadow.pipeline} ${shadow.version} --run ${shadow.of}`
export const orphanText = (run: RunRow): string =>
  `run ${run.id} was interrupted (${goneText(run)}); what was finished is kept; \`${resumeOf(run)}\` continues it`
