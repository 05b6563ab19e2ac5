/** The health of a server and of what it serves. Whoever asks waits for the store at most, never for an endpoint. */
import { hostname } from "node:os"
import process from "node:process"
import { configVersions, Journal, Ledger, type Project, StateQueries, stateUrlOf } from "@tetra/core/engine"
import { isEmbedded } from "@tetra/core/storage"
import { makeRest } from "../beat.ts"
import {
  askChecks,
  type CheckHealth,
  checkNames,
  closedStore,
  type DaemonHealth,
  documentNow,
  type EndpointHealth,
  type HealthAsked,
  type HealthDocument,
  KnownAges,
  probeEndpoints,
  readStoreHealth,
  wiringOf
} from "../health/index.ts"
import { clockKey, clockRecord } from "../schedule/index.ts"
import { Effect } from "effect"

export interface HealthDesk {
  readonly document: Effect.Effect<HealthDocument>
  /** Why it has to be started anew; undefined while it has not. Asks nobody. */
  readonly lost: () => string | undefined
  /** Why it takes no work now; empty when it does. */
  readonly notReady: Effect.Effect<ReadonlyArray<string>>
}
interface DeskOptions {
  /** As it is in force now. */
  readonly project: () => Project
  readonly instance: string
  readonly version: string
  readonly isDraining: () => boolean
  readonly lost: HealthDesk["lost"]
}
/** How often endpoints are asked, and how long an answer holds. */
const askedEvery = "60 seconds"
const holdsMs = 5 * 60_000
/** How long the store may take before it is said that it does not answer. */
const storePatience = "5 seconds"

const unasked: EndpointHealth = { status: "unknown", latency_ms: null, checked_at: null, http: null }
const unaskedCheck: CheckHealth = { status: "unknown", detail: "not asked yet, or too long ago", checked_at: null }
interface Background<A> {
  readonly names: () => ReadonlyArray<string>
  readonly ask: () => Promise<ReadonlyMap<string, A>>
  /** Stands for what was not asked yet, or too long ago. */
  readonly unasked: A
}
/** Asked again and again in the background; nobody waits for an answer. */
const askedInBackground = <A extends { readonly checked_at: string | null }>({ ask, names, unasked }: Background<A>) =>
  Effect.gen(function* () {
    let known: ReadonlyMap<string, A> = new Map()
    const again = Effect.promise(async () => void (known = await ask()))
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(again, Effect.sleep(askedEvery))))
    return (now: number): ReadonlyMap<string, A> =>
      new Map(
        names().map((name) => {
          const found = known.get(name)
          const isOld = found === undefined || now - Date.parse(found.checked_at ?? "") > holdsMs
          return [name, isOld ? unasked : found]
        })
      )
  })
/** The number under which the configuration in force is kept. */
const numberOf = ({ configVersion, home }: Project) =>
  configVersions(home).pipe(
    Effect.map((all) => all.find(({ hash }) => hash === configVersion)?.number ?? null),
    Effect.orElseSucceed(() => null)
  )
const outboxSeconds = (now: number) =>
  Effect.gen(function* () {
    const [oldest] = yield* (yield* Ledger).list("delivery", { dueBy: now, limit: 1 })
    return oldest === undefined ? 0 : (now - oldest.at) / 1000
  }).pipe(Effect.orElseSucceed(() => 0))

/** Why no schedule is decided at the moment. */
const heldNow = clockRecord.get(clockKey).pipe(
  Effect.map((clock) => (clock?.body.held === undefined ? [] : [clock.body.held])),
  Effect.orElseSucceed((): ReadonlyArray<string> => [])
)
/** How late timers come, in milliseconds: the mean since it was asked; what was answered then, when that was a moment ago. */
const timerLag = Effect.gen(function* () {
  const seen = { count: 0, sumMs: 0 }
  const rest = makeRest()
  let knownMs = 0
  const look = Effect.map(rest(), ({ lateMs }) => {
    seen.count++
    seen.sumMs += lateMs
  })
  yield* Effect.forkScoped(Effect.forever(look))
  return (): number => {
    if (seen.count > 0) knownMs = Math.round(seen.sumMs / seen.count)
    seen.count = seen.sumMs = 0
    return knownMs
  }
})
/** Ends with its scope. */
export const makeHealthDesk = ({ instance, isDraining, lost, project, version }: DeskOptions) =>
  Effect.gen(function* () {
    const services = yield* Effect.context<StateQueries | Journal | Ledger>()
    const lagMs = yield* timerLag
    const wanted = () => project().config.health?.endpoints ?? {}
    const endpoints = yield* askedInBackground({
      names: () => Object.keys(wanted()),
      ask: () => probeEndpoints(wanted()),
      unasked
    })
    const checks = yield* askedInBackground({
      names: () => checkNames(project()),
      ask: () => askChecks(project()),
      unasked: unaskedCheck
    })
    const ages = new KnownAges()
    const daemonAt = (now: number) =>
      Effect.gen(function* () {
        const daemon: DaemonHealth = {
          pid: process.pid,
          version,
          instance,
          uptime_seconds: Math.round(process.uptime()),
          config_version: yield* numberOf(project()),
          loop_lag_ms: lagMs(),
          outbox_oldest_seconds: yield* outboxSeconds(now),
          held: yield* heldNow
        }
        return daemon
      })
    const document = Effect.gen(function* () {
      const own = project()
      const now = Date.now()
      const asked: HealthAsked = { wiring: wiringOf(own), host: hostname(), driver: "daemon", ages, now }
      const store = yield* Effect.timeoutOrElse(readStoreHealth(asked), {
        duration: storePatience,
        orElse: () => Effect.succeed(closedStore(asked, `no answer within ${storePatience}`))
      })
      return documentNow(asked, store, {
        home: own.home,
        isEmbedded: isEmbedded(stateUrlOf(own.config)),
        endpoints: endpoints(now),
        checks: checks(now),
        daemon: yield* daemonAt(now)
      })
    }).pipe(Effect.provideContext(services))

    const answers = Effect.flatMap(StateQueries, (queries) => queries.newestPosition).pipe(
      Effect.timeout(storePatience),
      Effect.as([]),
      Effect.catch((error) => Effect.succeed([`the store does not answer: ${error.message}`])),
      Effect.provideContext(services)
    )
    const notReady = Effect.map(answers, (reasons) => [...(isDraining() ? ["it is stopping"] : []), ...reasons])
    const desk: HealthDesk = { document, lost, notReady }
    return desk
  })
