import type { Next } from "./BoardOptions.ts"

/** What the person wants next. Counts only while somebody asks for it: no run is under way then. */
export class Wish {
  private resolve: ((next: Next) => void) | undefined

  get isAsked(): boolean {
    return this.resolve !== undefined
  }
  async next(): Promise<Next> {
    return await new Promise((resolve) => {
      this.resolve = resolve
    })
  }
  decide(next: Next): void {
    this.resolve?.(next)
    this.resolve = undefined
  }
}
