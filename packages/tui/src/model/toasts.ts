/** What is told beside the views: notes that go away by themselves, commands on their way, and the grace in which one can be taken back. Pure. */
import { isEnded } from "./RunModel.ts"
import type { Command, Ui } from "./Ui.ts"
import type { World } from "./World.ts"

export type ToastTone = "plain" | "good" | "warn" | "bad"
export interface Toast {
  readonly text: string
  readonly tone: ToastTone
  /** On the dashboard's own clock, in milliseconds that only grow. */
  readonly at: number
  /** How often the same was said in a row. */
  readonly times: number
}
/** How long a note of each level stays, in milliseconds of the dashboard's clock. */
export const lifeOf: Readonly<Record<ToastTone, number>> = { plain: 5000, good: 5000, warn: 10_000, bad: 20_000 }
/** Most notes that are kept and most rows that they take. */
const mostKept = 20
export const mostRows = 3

const isAlive = ({ at, tone }: Toast, clock: number): boolean => clock - at < lifeOf[tone]

/** `ui` with one more note; the same text again counts instead of piling up. */
export const withToast = (ui: Ui, text: string, tone: ToastTone, clock: number): Ui => {
  const alive = ui.toasts.filter((toast) => isAlive(toast, clock))
  const last = alive.at(-1)
  const again = last !== undefined && last.text === text && last.tone === tone
  const toast: Toast = { text, tone, at: clock, times: again ? last.times + 1 : 1 }
  return { ...ui, toasts: [...(again ? alive.slice(0, -1) : alive), toast].slice(-mostKept) }
}

/** How long cancelling and pausing wait, so that `u` can take them back. Milliseconds. */
export const graceMs = 3000
/** A confirmed command that waits for the end of its grace. */
export interface Grace {
  readonly command: Command
  readonly label: string
  /** On the dashboard's clock. */
  readonly until: number
}
/** Whole seconds that are left of the grace, at least 1. */
export const secondsLeft = ({ until }: Grace, clock: number): number => Math.max(1, Math.ceil((until - clock) / 1000))

export type SentState = "sent" | "accepted" | "applied" | "refused"
/** A command on its way. `key` makes it the same command however often it arrives. */
export interface Sent {
  readonly key: string
  readonly label: string
  readonly command: Command
  readonly state: SentState
  readonly reason: string
  /** When it came to this state, on the dashboard's clock. */
  readonly at: number
  /** The run that was shown when it was sent. */
  readonly run: string
}
const stateTone: Readonly<Record<SentState, ToastTone>> = { sent: "plain", accepted: "plain", applied: "good", refused: "bad" }
export const isSettled = ({ state }: Sent): boolean => state === "applied" || state === "refused"
const isShown = (sent: Sent, clock: number): boolean => !isSettled(sent) || clock - sent.at < lifeOf[stateTone[sent.state]]

/** `ui` after the answer to a command. A settled command, or one that is not known, stays as it is. */
export const answered = (ui: Ui, key: string, state: SentState, reason: string, clock: number): Ui => ({
  ...ui,
  sent: ui.sent.map((sent) => (sent.key !== key || isSettled(sent) ? sent : { ...sent, state, reason, at: clock }))
})
/** Whether the run itself shows that the command took effect: nothing is called applied before. */
export const isApplied = ({ command, run: before }: Sent, { run }: World): boolean => {
  switch (command._tag) {
    case "Cancel":
      return run.run === before && (run.cancelling !== undefined || isEnded(run.status))
    case "Run":
      return run.run !== "" && run.run !== before
    case "Retry":
      return run.run === command.run && !isEnded(run.status)
    case "Pause":
      return run.run === before && run.paused !== undefined
    case "Resume":
      return run.run === before && run.paused === undefined
    default:
      return false
  }
}
/** `ui` with every command settled that `world` shows to have taken effect; the same object when there is none. */
export const settled = (ui: Ui, world: World, clock: number): Ui => {
  const done = ui.sent.filter((sent) => !isSettled(sent) && isApplied(sent, world))
  return done.reduce((next, { key }) => answered(next, key, "applied", "", clock), ui)
}

const wayOf = ({ label, reason, state }: Sent): string => {
  const way = { sent: "sent", accepted: "sent, accepted", applied: "sent, accepted, applied", refused: "refused" }[state]
  return `${label}: ${way}${reason === "" ? "" : `: ${reason}`}`
}
export interface ToastRow {
  readonly text: string
  readonly tone: ToastTone
}
/** The rows that are shown now, newest last; older ones beyond `most` are counted in the first. */
export const toastRows = ({ sent, toasts }: Ui, clock: number, most = mostRows): ReadonlyArray<ToastRow> => {
  const all = [
    ...toasts
      .filter((toast) => isAlive(toast, clock))
      .map(({ at, text, times, tone }) => ({ at, tone, text: times > 1 ? `${text} (${times} times)` : text })),
    ...sent.filter((one) => isShown(one, clock)).map((one) => ({ at: one.at, tone: stateTone[one.state], text: wayOf(one) }))
  ].toSorted((a, b) => a.at - b.at)
  if (all.length <= most) return all.map(({ text, tone }) => ({ text, tone }))
  const rows = all.slice(all.length - most).map(({ text, tone }) => ({ text, tone }))
  const [first, ...rest] = rows
  return first === undefined ? [] : [{ ...first, text: `${first.text} (and ${all.length - most} more)` }, ...rest]
}
/** Milliseconds until the stack or the footer looks different by itself; undefined when it stays as it is. */
export const nextChange = ({ grace, sent, toasts }: Ui, clock: number): number | undefined => {
  const ends = [
    ...toasts.filter((toast) => isAlive(toast, clock)).map(({ at, tone }) => at + lifeOf[tone] - clock),
    ...sent.filter((one) => isSettled(one) && isShown(one, clock)).map((one) => one.at + lifeOf[stateTone[one.state]] - clock),
    ...(grace === undefined || grace.until <= clock ? [] : [((grace.until - clock - 1) % 1000) + 1])
  ]
  return ends.length === 0 ? undefined : Math.max(1, Math.min(...ends))
}
