/** What is recorded of two runs, for their comparison. */
import { type Project, StateQueries } from "@tetra/core/engine"
import type { Desk, RunDetail } from "@tetra/tui"
import { Effect } from "effect"
import { configChanges } from "../project/configChanges.ts"
import { storePlaceOf } from "../project/open.ts"
import { comparedMetrics } from "./charts.ts"
import { detailOf } from "./detail.ts"
import { look } from "./look.ts"

/** `runs` are those that are listed already, if any: the two get everything that is known of them. */
export const compareOn = async (
  project: Project,
  runs: ReadonlyArray<RunDetail>,
  before: string,
  after: string
): Promise<Partial<Desk>> => {
  const found = await look(
    storePlaceOf(project),
    Effect.gen(function* () {
      const queries = yield* StateQueries
      const rows = (yield* Effect.forEach([before, after], (id) => queries.run(id))).filter((row) => row !== undefined)
      return yield* Effect.forEach(rows, detailOf)
    })
  )
  const [one, other] = found ?? []
  if (one === undefined || other === undefined) return {}
  const known = runs.length === 0 ? [one, other] : runs
  return {
    runs: known.map((run) => [one, other].find(({ row }) => row.id === run.row.id) ?? run),
    compared: {
      before,
      after,
      config: await configChanges(project.home, one.row.configVersion, other.row.configVersion),
      metrics: comparedMetrics(project.home, after, before)
    }
  }
}
