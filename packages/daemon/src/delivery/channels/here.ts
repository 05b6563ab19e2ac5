/** The channels of this machine. */
import { execFile } from "node:child_process"
import process from "node:process"
import { promisify } from "node:util"
import { type AlertMessage, NotDelivered, type Notifier } from "@tetra/core"
import { stripVTControlCharacters } from "node:util"

/** No control character reaches a terminal. */
const clean = (text: string): string => stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, " ")
const lineOf = ({ alerts, subject }: AlertMessage): string =>
  clean(`alert: ${subject}${alerts[0] === undefined ? "" : `: ${alerts[0].text}`}`)

/** One line on standard error, which is the log of a server in the background. */
export const consoleChannel: Notifier = {
  name: "console",
  render: lineOf,
  send: (message) => {
    process.stderr.write(`${lineOf(message)}\n`)
    return Promise.resolve()
  }
}
/** Programs and their arguments, one by one: no shell reads what an alert says. */
const notify = (title: string, text: string): readonly [string, ReadonlyArray<string>] =>
  process.platform === "darwin"
    ? [
        "osascript",
        [
          "-e",
          "on run argv",
          "-e",
          "display notification (item 2 of argv) with title (item 1 of argv)",
          "-e",
          "end run",
          title,
          text
        ]
      ]
    : ["notify-send", ["--app-name=tetra", "--", title, text]]
export const desktop: Notifier = {
  name: "desktop",
  limit: { perSecond: 0.1, burst: 3 },
  render: ({ subject, text }) => ({ title: clean(subject), text: clean(text).slice(0, 300) }),
  send: async ({ subject, text }, { signal }) => {
    const [program, args] = notify(clean(subject), clean(text).slice(0, 300))
    try {
      await promisify(execFile)(program, args, { signal, timeout: 5_000 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
      if (!process.stderr.isTTY)
        throw new NotDelivered(`there is no ${program} here: install it, or name another channel`, { retryable: false })
      process.stderr.write(`\u001b]9;${clean(subject)}\u0007`)
    }
  }
}
