/** What a process that asks health checks and its parent tell each other. Data only. */
import type { ProjectSource } from "./protocol.ts"

/** Stands behind the number of the parent in the arguments of a process that asks checks. */
export const asksChecks = "health-checks"
export interface CheckName {
  readonly plugin: string
  readonly key: string
}
export interface ToChecks {
  readonly source: ProjectSource
  readonly checks: ReadonlyArray<CheckName>
  /** How long an answer may take, in milliseconds. */
  readonly patienceMs: number
}
/** `n` is the place of a check among those that were asked for. */
export type FromChecks =
  | { readonly kind: "ready" }
  /** From here until `waits` it has the thread to itself. */
  | { readonly kind: "begins" | "waits"; readonly n: number }
  /** What it answered, whatever that is, or why it did not. */
  | { readonly kind: "said"; readonly n: number; readonly answer: unknown }
  | { readonly kind: "failed"; readonly n: number; readonly why: string }
