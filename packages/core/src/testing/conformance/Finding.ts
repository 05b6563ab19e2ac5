/** What one check of a stage found. */
export interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
  /** The stage says of itself that it does this, and why: no fault. */
  readonly declared?: string
}
