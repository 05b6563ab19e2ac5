import { Context } from "effect"
import type { Scope } from "../tokens/scopes.ts"

/** Who asks, as the guard found out. */
export interface Caller {
  /** The user of the socket, `token NAME`, or `loopback`. */
  readonly actor: string
  readonly via: "socket" | "http"
  /** Undefined where nothing was needed, and nothing shown. */
  readonly scope: Scope | undefined
  readonly requestId: string
}
export const Caller = Context.Reference<Caller>("tetra/api/Caller", {
  defaultValue: () => ({ actor: "nobody", via: "socket", scope: undefined, requestId: "" })
})
