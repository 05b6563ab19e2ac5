/** What is asked of a trigger: it runs when its event comes, and not by hand. */
import { userInfo } from "node:os"
import { pauseTrigger, resumeTrigger } from "@tetra/daemon/trigger"
import { Effect } from "effect"
import { Refusal } from "../failure.ts"
import type { ScheduleAction } from "./askSchedule.ts"

/** Answers what to tell. */
export const doTrigger = (action: ScheduleAction, id: string, now: number, reason: string | undefined) => {
  if (action === "pause")
    return Effect.map(pauseTrigger(id, now, { by: userInfo().username, reason }), (isNew) =>
      isNew
        ? `${id} is paused: its events are recorded and left out until \`tetra schedule resume ${id}\``
        : `${id} is paused already`
    )
  if (action === "resume")
    return Effect.map(resumeTrigger(id, now), (isNew) =>
      isNew ? `${id} goes on; what came meanwhile stays left out` : `${id} is not paused`
    )
  throw new Refusal(`${id} is a trigger: it runs when its event comes`, {
    hint: "`tetra run --pipeline P` runs a pipeline by hand"
  })
}
