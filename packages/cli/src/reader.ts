/** What becomes of a command whose reader leaves, as with `tetra history | head`. */
import process from "node:process"

const leave = process.exit.bind(process)
let unread: (() => void) | undefined
let told = false

/** A closed pipe ends a command and is no failure; a command that called `goOnUnread` goes on. */
export const heedReader = (): void => {
  const broken = (error: NodeJS.ErrnoException): void => {
    if (unread === undefined) leave(error.code === "EPIPE" ? 0 : 1)
    if (!told) unread?.()
    told = true
  }
  process.stdout.on("error", broken)
  process.stderr.on("error", broken)
}
/** From now on work is worth more than its lines: `tell` is called once when nobody reads them any more, and the exit code stays the work's own. */
export const goOnUnread = (tell: () => void): void => {
  unread = tell
}
