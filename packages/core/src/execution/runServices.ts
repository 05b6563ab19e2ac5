import { type Context, Effect, Exit, Fiber, Layer, References, Scope } from "effect"
import { type Say, sayingLog } from "./effectLog.ts"
import type { Runnable } from "./EngineParts.ts"
import { MissingService } from "./failures.ts"

/** How long the services of plugins may take to close, beyond the longest grace of a stage. */
const closeMs = 2_000

const firstReason = (cause: { readonly reasons: ReadonlyArray<unknown> }): unknown => {
  const first = cause.reasons[0] as { readonly error?: unknown; readonly defect?: unknown } | undefined
  const error = first?.error ?? first?.defect ?? "interrupted"
  return error instanceof Error ? error.message : error
}
/** The services of the plugins of one run. What they log while they are built, behind the stages, and when they are closed, is said with `say`. */
export const buildServices = (
  built: Runnable,
  scope: Scope.Scope,
  say: Say
): Effect.Effect<Context.Context<never>, MissingService> =>
  Layer.buildWithScope(built.services, scope).pipe(
    Effect.provideService(References.CurrentLoggers, sayingLog(say)),
    Effect.catchCause((cause) =>
      Effect.fail(
        new MissingService({
          service: "the services of the plugins",
          detail: `could not be built: ${String(firstReason(cause))}`
        })
      )
    )
  )
const longestGraceMs = ({ plan }: Runnable): number => Math.max(0, ...plan.stages.map((s) => s.policy.graceMs))
/**
 * Closes the services in a fiber of its own: one that fails on its way out, or never ends, must not keep the run and its leases. Answers what
 * went wrong.
 */
export const closeServices = (built: Runnable, scope: Scope.Closeable, say: Say): Effect.Effect<string | undefined> =>
  Effect.suspend(() => {
    const mostMs = longestGraceMs(built) + closeMs
    const closing = Effect.runFork(
      Effect.provideService(Scope.close(scope, Exit.void), References.CurrentLoggers, sayingLog(say))
    )
    return Effect.map(Effect.timeoutOption(Effect.interruptible(Fiber.await(closing)), mostMs), (exit) =>
      exit._tag === "None"
        ? `were left behind: they took more than ${mostMs} ms to close`
        : Exit.isFailure(exit.value)
          ? `could not be closed: ${String(firstReason(exit.value.cause))}`
          : undefined
    )
  })
