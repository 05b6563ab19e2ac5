/** What a request may do, and where it goes. Pure. */
import { Schema } from "effect"

/** Each includes those before it. */
export const scopes = ["read", "run", "admin"] as const
export const Scope = Schema.Literals(scopes)
export type Scope = typeof Scope.Type
export const includes = (has: Scope, needs: Scope): boolean => scopes.indexOf(has) >= scopes.indexOf(needs)

/**
 * The path of a request target, decoded; undefined when it is not written plainly: another router, a proxy or a check could read another path in it
 * (`//`, `..`, encoded slashes or dots, control characters, an absolute address).
 */
export const plainPath = (url: string): string | undefined => {
  const [raw = ""] = url.split(/[?#]/u, 1)
  if (!raw.startsWith("/") || raw.includes("//") || raw.includes("\\") || /%(?:2f|5c|2e|25|0|1|7f)/iu.test(raw)) return undefined
  try {
    const path = decodeURIComponent(raw)
    return path.split("/").some((part) => part === "." || part === "..") ? undefined : path
  } catch {
    return undefined
  }
}
/** Asked by whoever watches over the process; they tell nothing of the work. */
const openPaths: ReadonlySet<string> = new Set(["/health/live", "/health/ready"])
/** Webhooks bring a signature of their own. */
const signedPaths = /^\/api\/v1\/hooks\/[^/]+$/u
const adminPaths =
  /^\/api\/v1\/(?:daemon\/|tokens(?:\/|$)|audit(?:\/|$)|channels\/|config\/(?:reload|rollback)|pipelines\/[^/]+\/(?:promote|reset|rollback)\/)/u

/** What a request needs; undefined: nothing. An unknown path needs what its method would. */
export const scopeOf = (method: string, path: string): Scope | undefined => {
  const plain = path.toLowerCase().replace(/(?<=.)\/+$/u, "")
  const isSafe = method === "GET" || method === "HEAD"
  if ((isSafe && openPaths.has(plain)) || (method === "POST" && signedPaths.test(plain))) return undefined
  if (adminPaths.test(`${plain}${plain === "/api/v1/daemon" ? "" : "/"}`)) return "admin"
  return isSafe ? "read" : "run"
}
