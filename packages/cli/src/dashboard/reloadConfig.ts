import type { Dashboard } from "@tetra/tui"
import { keepConfig, type Project } from "@tetra/core/engine"
import { Effect } from "effect"
import { oneLine } from "../output/plain/text.ts"
import { headline } from "../reload/headline.ts"
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
    const { differenceOf } = await import("@tetra/daemon/reload")
    const now = Date.now()
    const difference = differenceOf(before, after, now)
    // Mended again, or means the same: at most a secret is another one.
    if (difference.changes.length === 0) {
      if ((dashboard.desk.reload?.problems.length ?? 0) > 0) dashboard.say("mended: it is as it was before", "good")
      dashboard.setDesk({ reload: undefined })
      return after
    }
    const reload = reloadOf(before, after, difference, now)
    dashboard.setDesk({ reload, config: settingsOf(after, before), versions: await withNumber(dashboard, after) })
    dashboard.say(`reloaded, from the next run on: ${oneLine(headline(difference))}`, "good")
    return after
  } catch (error) {
    const reload = rejected(before, error, Date.now())
    dashboard.setDesk({ reload })
    dashboard.say(
      `the saved configuration is not valid, the old one holds (9 shows where): ${reload.problems[0]?.text ?? ""}`,
      "bad"
    )
    return undefined
  }
}
/** The saved configuration gets its number now: from here on it is the one in force. */
const withNumber = async (dashboard: Dashboard, project: Project): Promise<ReadonlyMap<string, number>> => {
  const kept = await perform(keepConfig(project).pipe(Effect.orElseSucceed(() => undefined)))
  const { versions } = dashboard.desk
  return kept === undefined ? versions : new Map([...versions, [kept.hash, kept.number]])
}
