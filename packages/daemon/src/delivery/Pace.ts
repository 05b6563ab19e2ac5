import type { Notifier } from "@tetra/core"

/** How soon a channel may send again: a bucket of `burst` tokens that fills with time. Ends with the process: a restart may send a burst more. */
export class Pace {
  private readonly buckets = new Map<string, { tokens: number; at: number }>()
  /** Takes one token, and answers how long to wait before it holds, in milliseconds. */
  take({ limit, name }: Pick<Notifier, "limit" | "name">, now: number): number {
    if (limit === undefined) return 0
    const { at, tokens } = this.buckets.get(name) ?? { tokens: limit.burst, at: now }
    const filled = Math.min(limit.burst, tokens + ((now - at) / 1000) * limit.perSecond)
    this.buckets.set(name, { tokens: filled - 1, at: now })
    return filled >= 1 ? 0 : Math.ceil(((1 - filled) / limit.perSecond) * 1000)
  }
}
