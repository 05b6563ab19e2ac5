import type { Dashboard } from "@tetra/tui"
import { keepConfig, type Project } from "@tetra/core/engine"
import { Effect } from "effect"
import { perform } from "../runtime.ts"
import { rejected, reloadOf, settingsOf } from "./settings.ts"

/** A save of the configuration, told on the dashboard. Answers the project that is in force from now on; undefined: the old one stays, and why is told. */
export const reloadConfig = async (
  dashboard: Dashboard,
  before: Project,
  read: () => Promise<Project>
): Promise<Project | undefined> => {
  try {
    const after = await read()
    const reload = reloadOf(before, after, Date.now())
    // Mended again: nothing is different from what is in force.
    if (reload.from === reload.to) {
      dashboard.setDesk({ reload: undefined })
      return undefined
    }
    dashboard.setDesk({ reload, config: settingsOf(after, before), versions: await withNumber(dashboard, after) })
    const paths = reload.changes.slice(0, 3).map(({ path }) => path)
    const more = reload.changes.length - paths.length
    dashboard.say(
      `configuration reloaded, from the next run on: ${paths.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
      "good"
    )
    return after
  } catch (error) {
    const reload = rejected(before, error, Date.now())
    dashboard.setDesk({ reload })
    dashboard.say(`the saved configuration is not valid, the old one holds: ${reload.problems[0] ?? ""}`, "bad")
    return undefined
  }
}
/** The saved configuration gets its number now: from here on it is the one in force. */
const withNumber = async (dashboard: Dashboard, project: Project): Promise<ReadonlyMap<string, number>> => {
  const kept = await perform(keepConfig(project).pipe(Effect.orElseSucceed(() => undefined)))
  const { versions } = dashboard.desk
  return kept === undefined ? versions : new Map([...versions, [kept.hash, kept.number]])
}
