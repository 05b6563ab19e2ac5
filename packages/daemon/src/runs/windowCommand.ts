/** The id of the command that computes a window of a backfill for the `attempt`-th time, from 1 on. */
import { type Window, windowName } from "@tetra/core/engine"

export const windowCommand = (backfill: string, window: Window, attempt: number): string => {
  const name = `backfill/${backfill}/${windowName(window)}`
  return attempt === 1 ? name : `${name}/${attempt}`
}
