/** What is asked of a trigger: it runs when its event comes, and not by hand. */
import { userInfo } from "node:os"
import { pauseTrigger, resumeTrigger } from "@tetra/daemon/trigger"
import { Effect } from "effect"
import { Refusal } from "../failure.ts"
import type { Did, ScheduleAction } from "./askSchedule.ts"

export const refuseByHand = (action: ScheduleAction, id: string): void => {
  if (action !== "trigger") return
  throw new Refusal(`${id} is a trigger: it runs when its event comes`, {
    hint: "`tetra run --pipeline P` runs a pipeline by hand"
  })
}
/** What is told of it. */
export const triggerText = (action: ScheduleAction, id: string, { changed }: Did): string => {
  if (action === "resume") return changed ? `${id} goes on; what came meanwhile stays left out` : `${id} is not paused`
  return changed
    ? `${id} is paused: its events are recorded and left out until \`tetra schedule resume ${id}\``
    : `${id} is paused already`
}
/** Does it in the store. */
export const doTrigger = (action: "pause" | "resume", id: string, now: number, reason: string | undefined) =>
  Effect.map(
    action === "pause" ? pauseTrigger(id, now, { by: userInfo().username, reason }) : resumeTrigger(id, now),
    (changed): Did => ({ changed })
  )
