/** One line of standard error that is written over while a long command works; nothing when nobody sees it, or with --quiet. */
import process from "node:process"
import type { Tell } from "@tetra/core/storage"
import { count } from "../../output/plain/amounts.ts"
import { isLive } from "../../output/plain/look.ts"
import type { Call } from "../../program.ts"
import { flag } from "../../project/open.ts"

export interface ProgressLine {
  readonly say: (what: string) => void
  /** Amounts: at most ten times a second. */
  readonly tell: Tell
  readonly clear: () => void
}
const betweenMs = 100
/** `events read: 12,500 of 200,000`. */
export const amountDone: (...told: Parameters<Tell>) => string = (what, done, total) =>
  `${what}: ${count(done)}${total === undefined ? "" : ` of ${count(Math.max(done, total))}`}`

export const progressLine = (call: Call): ProgressLine => {
  if (flag(call, "quiet") || !isLive(process.stderr, process.env))
    return { say: () => undefined, tell: () => undefined, clear: () => undefined }
  let last = 0
  const say = (what: string): void => void process.stderr.write(`\r\u001b[K${what}`)
  return {
    say,
    tell: (...told) => {
      const now = performance.now()
      if (now - last < betweenMs) return
      last = now
      say(amountDone(...told))
    },
    clear: () => say("")
  }
}
