/** Commands to a run that another process has in hand: sent, heard, answered. */
import { randomUUID } from "node:crypto"
import { existsSync } from "node:fs"
import { hostname, userInfo } from "node:os"
import { join } from "node:path"
import {
  Commands,
  Journal,
  Leases,
  lookUntil,
  type RunCommand,
  type RunRow,
  type StoredEvent,
  type Stores
} from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Effect, Option } from "effect"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { perform } from "../runtime.ts"
import { auditHere } from "./auditHere.ts"
import { locationOf, text } from "./open.ts"
import { hasStore, nothingRan, print } from "./store.ts"

/** How long the answer of the other process is waited for before it is said that there is none yet. */
const heardWithin = "3 seconds"

/** Whose wish it is, for the record. */
const whoAsks = (): string => {
  try {
    return userInfo().username
  } catch {
    return "user" // A container may run under a number that has no name.
  }
}
/** What `call` asks of `run`. `reason` is the command itself when none is given. */
export const commandTo = (call: Call, run: string, kind: RunCommand["kind"]): RunCommand => ({
  id: randomUUID(),
  run,
  kind,
  by: whoAsks(),
  reason: text(call, "reason") ?? `tetra ${kind}`,
  at: Date.now()
})
/** Sent through the server that owns the store, when there is one; else written down here. Whoever has the run hears it, and answers by an event with the id of the command. */
export const order = (call: Call, command: RunCommand) =>
  Effect.gen(function* () {
    const { home } = locationOf(call)
    const remote = existsSync(join(home, "daemon.json")) ? yield* Effect.promise(() => serverAt(home)) : undefined
    if (remote === undefined) {
      yield* (yield* Commands).send(command)
      yield* auditHere(command.kind, command.run)
      return
    }
    const { id, kind, reason, run } = command
    const asked = {
      method: "POST",
      path: `/api/v1/runs/${run}/${kind}`,
      headers: { "idempotency-key": id },
      body: { reason }
    } as const
    yield* Effect.tryPromise({ try: () => remote.ask(asked), catch: (error) => error })
  })
/** Loaded where there is one. */
const serverAt = async (home: string) => {
  const [{ remoteOf }, { ask }] = await Promise.all([import("../attach/remoteFor.ts"), import("../attach/client.ts")])
  const remote = await remoteOf(home)
  return remote === undefined ? undefined : { ask: (asked: Parameters<typeof ask>[1]) => ask(remote, asked) }
}
export const onStore = async <A, E>(call: Call, work: Effect.Effect<A, E, Stores>): Promise<A> => {
  const place = locationOf(call)
  if (!hasStore(place)) throw nothingRan()
  return await perform(work.pipe(Effect.provide(layerStore({ home: place.home, stateUrl: place.stateUrl })), Effect.scoped))
}
/** Looks into everything that is kept, without the right to change it; an empty store where there is none. */
export const lookInStore = async <A, E>(call: Call, look: Effect.Effect<A, E, Stores>): Promise<A> => {
  const { home, stateUrl } = locationOf(call)
  return await perform(look.pipe(Effect.provide(layerStore({ home, stateUrl, readOnly: true })), Effect.scoped))
}
/** Waits until one of the events of the run is so; undefined when that takes too long. */
export const waitFor = (run: RunRow, isSo: (event: StoredEvent) => boolean, most?: typeof heardWithin) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const look = Effect.map(journal.read(run.id, run.seq + 1), (events) => Option.fromUndefinedOr(events.find(isSo)))
    const found = lookUntil({ commands: yield* Commands, leases: yield* Leases }, look)
    return most === undefined ? yield* found : Option.getOrUndefined(yield* Effect.timeoutOption(found, most))
  })
/** The event that says that the command was heard, or that the run has ended before. */
export const heard = (run: RunRow, command: RunCommand) =>
  waitFor(run, (event) => event._tag === "RunEnded" || ("command" in event && event.command === command.id), heardWithin)

export const whereOf = ({ owner }: RunRow): string =>
  `process ${owner.pid} on ${owner.host === hostname() ? "this host" : owner.host}`
export const tell = (line: string): void => print([line])
/** Refuses when the run has ended: there is nobody to ask. */
export const refuseEnded = ({ endedAt, id, status }: RunRow, hint: string) =>
  endedAt === undefined
    ? Effect.void
    : Effect.fail(new Refusal(`run ${id} has ended already: ${status}`, { code: exitCodes.notRun, hint }))
