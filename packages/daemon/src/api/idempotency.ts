/** The same request twice does its work once: an `Idempotency-Key` is kept for a day with what was answered. */
import { createHash, randomUUID } from "node:crypto"
import { Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { isProcessGone, type Ledger, type LedgerConflict, type StoreError, thisOwner } from "@tetra/core/engine"
import { collection, commit } from "../Collection.ts"
import { problemResponse } from "./problems.ts"

/** By the digest of who asked, what, and the key; due when it is forgotten. */
export const answers = collection(
  "idempotency",
  Schema.Struct({
    /** SHA-256 of the body. */
    body: Schema.String,
    /** Of a run: what was asked for, in words. */
    asked: Schema.optionalKey(Schema.String),
    run: Schema.optionalKey(Schema.String),
    /** The server that is at work on it. */
    worker: Schema.optionalKey(
      Schema.Struct({
        server: Schema.String,
        host: Schema.String,
        pid: Schema.Finite,
        started: Schema.optionalKey(Schema.String),
        since: Schema.Finite
      })
    ),
    /** Absent while it is at work, or when its process died. */
    answer: Schema.optionalKey(Schema.Struct({ status: Schema.Finite, type: Schema.String, text: Schema.String }))
  })
)
const keptMs = 86_400_000
const mostKey = 128
const digest = (...parts: ReadonlyArray<string>): string => createHash("sha256").update(JSON.stringify(parts)).digest("hex")

export interface Keyed {
  readonly actor: string
  readonly method: string
  readonly path: string
  readonly key: string
  readonly text: string
}
type Response = HttpServerResponse.HttpServerResponse
/** Answers that hold a secret are not kept, and a run has its key for ever: the same command gives the same run. */
const runsPath = "/api/v1/runs"
const isRepeated = (path: string): boolean => path === "/api/v1/tokens" || path === runsPath
const replayed = (response: Response): Response => HttpServerResponse.setHeader(response, "idempotency-replayed", "true")
const fieldsOf = (json: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}
const mostWords = 200
/** What a request for a run asked for: as it was typed, else its mode or its pipelines. */
const askedIn = (path: string, text: string): { readonly asked?: string } => {
  if (path !== runsPath) return {}
  const { mode, pipelines, typed } = fieldsOf(text)
  const words =
    typeof typed === "string"
      ? typed
      : typeof mode === "string"
        ? `the mode ${mode}`
        : Array.isArray(pipelines) && pipelines.length > 0
          ? pipelines.join(", ")
          : "a run"
  return { asked: words.length > mostWords ? `${words.slice(0, mostWords)}...` : words }
}
const runIn = (path: string, said: string): { readonly run?: string } => {
  const { run } = path === runsPath ? fieldsOf(said) : {}
  return typeof run === "string" ? { run } : {}
}
/** The key means something else already: what, since when, and what to do. */
const usedBefore = (key: string, at: number, { asked, run }: { readonly asked?: string; readonly run?: string }): Response => {
  const when = `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`
  const detail =
    asked === undefined
      ? `this Idempotency-Key was used with another body at ${when}: take a new key for another request`
      : `the id "${key}" (--command-id, Idempotency-Key) was used at ${when} for another command, ${asked}${run === undefined ? "" : ` (run ${run})`}: take a new id for this one, or repeat that command as it was to follow its run`
  return problemResponse("invalid", detail)
}
const textOf = ({ body }: Response): string | undefined =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : undefined

const atWork = problemResponse("conflict", "the request of this Idempotency-Key is still at work: ask again for its answer")

/** Longer than any request may take, in milliseconds. */
const workMs = 35_000
const workerNow = (server: string, since: number) => {
  const { host, pid, started } = thisOwner()
  return { server, host, pid, since, ...(started === undefined ? {} : { started }) }
}
type Worker = ReturnType<typeof workerNow>
/** Whether another server is at work on it. Of one on another machine only the time tells. */
const isElsewhere = (worker: Worker | undefined, server: string, now: number): boolean => {
  if (worker === undefined || worker.server === server || now - worker.since >= workMs) return false
  return worker.host !== thisOwner().host || !isProcessGone(worker, worker.since)
}

/** One for each server: it knows what is at work. */
export const makeIdempotency = () => {
  const server = randomUUID()
  const working = new Set<string>()
  let pruned = 0
  const prune = (now: number) =>
    Effect.suspend(() => {
      if (now - pruned < 600_000) return Effect.void
      pruned = now
      return Effect.asVoid(answers.prune(now - keptMs, 500))
    })
  return <E, R>(
    { actor, key, method, path, text }: Keyed,
    route: Effect.Effect<Response, E, R>
  ): Effect.Effect<Response, E | StoreError | LedgerConflict, R | Ledger> =>
    Effect.gen(function* () {
      if (key.length > mostKey || key === "")
        return problemResponse("invalid", `an Idempotency-Key has 1 to ${mostKey} characters, this one has ${key.length}`)
      const now = Date.now()
      yield* prune(now)
      const id = digest(actor, method, path, key)
      const body = digest(text)
      const about = askedIn(path, text)
      const found = yield* answers.get(id)
      const known = found !== undefined && now - found.at < keptMs ? found : undefined
      if (known !== undefined && known.body.body !== body) return usedBefore(key, known.at, known.body)
      const isBusy = working.has(id) || (known?.body.answer === undefined && isElsewhere(known?.body.worker, server, now))
      if (isBusy && !isRepeated(path)) return atWork
      const answer = known?.body.answer
      if (answer !== undefined && !isRepeated(path))
        return replayed(HttpServerResponse.text(answer.text, { status: answer.status, contentType: answer.type }))
      working.add(id)
      return yield* Effect.gen(function* () {
        // Another server of this store may be at work on the very same.
        const isMine = yield* commit(
          answers.put(
            { key: id, at: now, body: { body, ...about, worker: workerNow(server, now) } },
            isRepeated(path) ? undefined : (found?.version ?? 0)
          )
        ).pipe(
          Effect.as(true),
          Effect.catchTag("LedgerConflict", () => Effect.succeed(false))
        )
        if (!isMine) return atWork
        const response = yield* Effect.onError(route, () => Effect.ignore(commit(answers.drop(id))))
        const said = textOf(response)
        // What failed here may go well the next time.
        if (response.status >= 500 || said === undefined) yield* commit(answers.drop(id))
        else {
          const type = response.headers["content-type"] ?? "application/json"
          const kept = isRepeated(path)
            ? { status: response.status, type, text: "" }
            : { status: response.status, type, text: said }
          yield* commit(answers.put({ key: id, at: now, body: { body, ...about, ...runIn(path, said), answer: kept } }))
        }
        return answer === undefined ? response : replayed(response)
      }).pipe(Effect.ensuring(Effect.sync(() => void working.delete(id))))
    })
}
