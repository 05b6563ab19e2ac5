import { defineExtensionPoint } from "./extension.ts"

/** `warn` and `fail` make the health of the whole `degraded`, and `detail` says why, for a person. */
export interface HealthAnswer {
  readonly status: "ok" | "warn" | "fail"
  readonly detail: string
}
/** Something that a plugin needs and that a server looks at once a minute: a license, a queue, the quota of a vendor. */
export interface HealthCheck {
  readonly name: string
  /**
   * Answers within three seconds, when `signal` is aborted. What it throws, and what it does not answer, is a failure. It is asked in a process of
   * its own, which ends with the answers: what the plugin keeps in the memory of the server is not there.
   */
  readonly check: (at: { readonly signal: AbortSignal }) => HealthAnswer | Promise<HealthAnswer>
}
/** Shown as `plugin/name` under `system.checks` of the health document. */
export const HealthChecks = defineExtensionPoint<HealthCheck>()("tetra.health_check", { key: (c) => c.name })
