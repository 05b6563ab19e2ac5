/** What is recorded of two runs, for their comparison. */
import { changeDetail, type ConfigVersion, configVersions, jsonChanges, type Project, StateQueries } from "@tetra/core/engine"
import type { Desk, RunDetail } from "@tetra/tui"
import { Effect } from "effect"
import { oneLine } from "../output/plain/text.ts"
import { storePlaceOf } from "../project/open.ts"
import { perform } from "../runtime.ts"
import { comparedMetrics } from "./charts.ts"
import { detailOf } from "./detail.ts"
import { look } from "./look.ts"

const versions = async (home: string): Promise<ReadonlyArray<ConfigVersion>> =>
  await perform(configVersions(home).pipe(Effect.orElseSucceed((): ReadonlyArray<ConfigVersion> => [])))

const configChanges = (all: ReadonlyArray<ConfigVersion>, before: RunDetail, after: RunDetail) => {
  const hashes = [before.row.configVersion, after.row.configVersion]
  if (hashes[0] === hashes[1]) return []
  const [one, other] = hashes.map((hash) => all.find((version) => version.hash === hash))
  if (one === undefined || other === undefined)
    return [{ path: "version", detail: `${hashes[0]} -> ${hashes[1]}; the texts of both are not kept here` }]
  return [...jsonChanges(one.config, other.config), ...jsonChanges(one.plugins, other.plugins, "plugins")].map((change) => ({
    path: change.path,
    detail: oneLine(changeDetail(change))
  }))
}
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
      config: configChanges(await versions(project.home), one, other),
      metrics: comparedMetrics(project.home, after, before)
    }
  }
}
