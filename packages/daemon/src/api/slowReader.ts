/** A client that takes nothing keeps a place that others wait for: it is told so, and cut off. */
import type { ServerResponse } from "node:http"

/** How often is looked, and how long the last words may take to get out, in milliseconds. */
const lookMs = 1_000
const lastWordsMs = 5_000

/** `patienceMs`: how long nothing may be taken. `bye`: the last message of the stream, as it is sent; `cut` is called with it. Answers whether it was said: nothing may follow it. */
export const cutSlowReader = (
  response: Pick<ServerResponse, "destroy" | "once" | "writableNeedDrain" | "write">,
  { bye, cut, patienceMs }: { readonly bye: string; readonly cut: () => void; readonly patienceMs: number }
): (() => boolean) => {
  let isCut = false
  let blockedSince: number | undefined
  const watch = setInterval(
    () => {
      if (!response.writableNeedDrain) {
        blockedSince = undefined
        return
      }
      blockedSince ??= performance.now()
      if (performance.now() - blockedSince < patienceMs) return
      clearInterval(watch)
      // Behind what it has not taken: whole messages, whenever it reads on.
      response.write(bye)
      isCut = true
      cut()
      setTimeout(() => response.destroy(), lastWordsMs).unref()
    },
    Math.min(lookMs, patienceMs / 2)
  ).unref()
  response.once("close", () => clearInterval(watch))
  return () => isCut
}
