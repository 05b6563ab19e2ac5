/** What one check of `tetra doctor` found. */
export interface Finding {
  readonly check: string
  readonly state: "ok" | "warning" | "error"
  readonly found: string
  /** How to mend it; empty when there is nothing to mend. */
  readonly mend: string
}
export const ok = (check: string, found: string): Finding => ({ check, state: "ok", found, mend: "" })
export const warning = (check: string, found: string, mend: string): Finding => ({ check, state: "warning", found, mend })
export const error = (check: string, found: string, mend: string): Finding => ({ check, state: "error", found, mend })

export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : "unknown")
