/** Asks health checks in a process of their own, and tells the parent what they say. */
import process from "node:process"
import { Effect } from "effect"
import { type HealthCheck, HealthChecks } from "./authoring/healthCheck.ts"
import type { FromChecks, ToChecks } from "./execution/isolation/checksProtocol.ts"
import { startWatchdog } from "./execution/isolation/startWatchdog.ts"
import { resolvePlugins } from "./config/PluginHost.ts"
import { loadPlugins } from "./planning/loadPlugins.ts"
import { diagnosticText } from "./planning/Project.ts"

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const post = (message: FromChecks): void => void process.send?.(message)

const askOne = async (n: number, { check }: HealthCheck, patienceMs: number): Promise<void> => {
  const signal = AbortSignal.timeout(patienceMs)
  const late = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(new Error(`no answer within ${patienceMs / 1000} s`)), { once: true })
  )
  try {
    post({ kind: "begins", n })
    const asked = Promise.resolve(check({ signal }))
    post({ kind: "waits", n })
    post({ kind: "said", n, answer: await Promise.race([asked, late]) })
  } catch (error) {
    post({ kind: "waits", n })
    post({ kind: "failed", n, why: told(error) })
  }
}
const askAll = async ({ checks, patienceMs, source }: ToChecks): Promise<void> => {
  // Only the plugins that have checks are loaded: what they lack of others is no fault here.
  const named = source.plugins.map((name) => ({ name, where: "configuration" }))
  const resolved = await Effect.runPromise(resolvePlugins(named, source.root))
  const { catalogue } = await Effect.runPromise(loadPlugins(resolved.plugins, undefined))
  const known = catalogue.contributions.get(HealthChecks.point) ?? []
  const why = resolved.diagnostics.map(diagnosticText).join("; ")
  post({ kind: "ready" })
  // What waits for nothing would let the process end before the time is up.
  setTimeout(() => undefined, 2 * patienceMs)
  for (const [n, { key, plugin }] of checks.entries()) {
    const found = known.find((one) => one.key === key && one.plugin === plugin)?.value as HealthCheck | undefined
    if (found === undefined) post({ kind: "failed", n, why: `it is not there any more${why === "" ? "" : `: ${why}`}` })
    else void askOne(n, found, patienceMs)
  }
}
export const serveChecks = (): void => {
  startWatchdog()
  // A check that fails beside its answer costs itself alone.
  process.on("uncaughtException", () => undefined).on("unhandledRejection", () => undefined)
  process.on("disconnect", () => process.exit())
  process.once("message", (message) => {
    const asked = message as ToChecks
    askAll(asked).catch((error: unknown) => asked.checks.forEach((_, n) => post({ kind: "failed", n, why: told(error) })))
  })
}
