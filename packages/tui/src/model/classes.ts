/** How sure somebody must be before something happens: the classes of commands, as data. Pure. */
import { graceMs } from "./toasts.ts"
import type { Certainty, Verb } from "./Ui.ts"

/**
 * `safe` shows or notes something; `starts` begins work; `disturbs` stops or holds back work that goes on; `destructive` throws something away.
 */
export type VerbClass = "safe" | "starts" | "disturbs" | "destructive"
export const classOf: Readonly<Record<Verb, VerbClass>> = {
  run: "starts",
  retry: "starts",
  resume: "starts",
  pause: "disturbs",
  cancel: "disturbs",
  force: "destructive",
  trigger: "starts",
  resumeSchedule: "starts",
  pauseSchedule: "disturbs"
}
const usual: Readonly<Record<VerbClass, Certainty>> = { safe: "none", starts: "key", disturbs: "yes", destructive: "name" }
/** One class stricter: what a slip would cost is higher there. */
const production: Readonly<Record<VerbClass, Certainty>> = { safe: "none", starts: "yes", disturbs: "name", destructive: "name" }
export const certaintyOf = (kind: VerbClass, isProduction: boolean): Certainty => (isProduction ? production : usual)[kind]

/** What must be typed for `name`; in production, what is destructive asks for the label as well. */
export const typedName = (kind: VerbClass, name: string, label: string | undefined): string =>
  label !== undefined && kind === "destructive" ? `${label} ${name}` : name
/** How long a command of this class can be taken back after it was confirmed, in milliseconds. */
export const graceOf = (kind: VerbClass): number => (kind === "disturbs" ? graceMs : 0)
