/** The same request twice does its work once: an `Idempotency-Key` is kept for a day with what was answered. */
import { createHash } from "node:crypto"
import { Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import type { Ledger, LedgerConflict, StoreError } from "@tetra/core/engine"
import { collection, commit } from "../Collection.ts"
import { problemResponse } from "./problems.ts"

/** By the digest of who asked, what, and the key; due when it is forgotten. */
export const answers = collection(
  "idempotency",
  Schema.Struct({
    /** SHA-256 of the body. */
    body: Schema.String,
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
const isRepeated = (path: string): boolean => path === "/api/v1/tokens" || path === "/api/v1/runs"
const replayed = (response: Response): Response => HttpServerResponse.setHeader(response, "idempotency-replayed", "true")
const textOf = ({ body }: Response): string | undefined =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : undefined

/** One for each server: it knows what is at work. */
export const makeIdempotency = () => {
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
      const found = yield* answers.get(id)
      const known = found !== undefined && now - found.at < keptMs ? found : undefined
      if (known !== undefined && known.body.body !== body)
        return problemResponse("invalid", "this Idempotency-Key was used with another body: take a new key for another request")
      if (working.has(id) && !isRepeated(path))
        return problemResponse("conflict", "the request of this Idempotency-Key is still at work: ask again for its answer")
      const answer = known?.body.answer
      if (answer !== undefined && !isRepeated(path))
        return replayed(HttpServerResponse.text(answer.text, { status: answer.status, contentType: answer.type }))
      working.add(id)
      return yield* Effect.gen(function* () {
        yield* commit(answers.put({ key: id, at: now, body: { body } }, isRepeated(path) ? undefined : (found?.version ?? 0)))
        const response = yield* route
        const said = textOf(response)
        // What failed here may go well the next time.
        if (response.status >= 500 || said === undefined) yield* commit(answers.drop(id))
        else {
          const type = response.headers["content-type"] ?? "application/json"
          const kept = isRepeated(path)
            ? { status: response.status, type, text: "" }
            : { status: response.status, type, text: said }
          yield* commit(answers.put({ key: id, at: now, body: { body, answer: kept } }))
        }
        return answer === undefined ? response : replayed(response)
      }).pipe(Effect.ensuring(Effect.sync(() => void working.delete(id))))
    })
}
