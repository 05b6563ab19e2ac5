import type { Next } from "./BoardOptions.ts"

/** What the person wants next. Counts only while somebody asks for it, for a run may be under way; the wish to leave is kept until then. */
export class Wish {
  private resolve: ((next: Next) => void) | undefined
  private leaves = false

  get isAsked(): boolean {
    return this.resolve !== undefined
  }
  /** Somebody wanted to leave before anybody asked. */
  get isLeaving(): boolean {
    return this.leaves
  }
  async next(): Promise<Next> {
    if (this.leaves) return { _tag: "Leave" }
    return await new Promise((resolve) => {
      this.resolve = resolve
    })
  }
  decide(next: Next): void {
    if (this.resolve === undefined) this.leaves = next._tag === "Leave"
    this.resolve?.(next)
    this.resolve = undefined
  }
}
