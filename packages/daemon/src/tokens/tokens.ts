/** Tokens of the API: shown once, kept as a digest. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { Effect, Schema } from "effect"
import { collection, commit } from "../Collection.ts"
import { Scope } from "./scopes.ts"

/** By id. Instants are epoch milliseconds. */
export const apiTokens = collection(
  "api_token",
  Schema.Struct({
    name: Schema.String,
    /** SHA-256 of the whole token, hexadecimal. */
    hash: Schema.String,
    scope: Scope,
    expiresAt: Schema.optionalKey(Schema.Finite),
    by: Schema.String
  })
)
const shape = /^tetra_([0-9a-f]{8})_[\w-]{43}$/u
const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
/** Compared with where there is no such token, so that it takes as long. */
const nobody = Buffer.alloc(32)

export interface NewToken {
  readonly name: string
  readonly scope: Scope
  readonly expiresAt?: number | undefined
  readonly by: string
}
/** Makes a token. Its text is in this answer and nowhere else. */
export const createToken = ({ by, expiresAt, name, scope }: NewToken, now: number) =>
  Effect.gen(function* () {
    const id = randomBytes(4).toString("hex")
    const token = `tetra_${id}_${randomBytes(32).toString("base64url")}`
    const body = { name, scope, by, hash: digest(token).toString("hex"), ...(expiresAt === undefined ? {} : { expiresAt }) }
    yield* commit(apiTokens.put({ key: id, at: now, body }, 0))
    return { id, token }
  })
/** False where there is no such token. */
export const revokeToken = (id: string) =>
  Effect.gen(function* () {
    const known = yield* apiTokens.get(id)
    if (known === undefined) return false
    yield* commit(apiTokens.drop(id, known.version))
    return true
  })
/** Who has this token; undefined for one that is unknown, revoked or over. A store that does not answer fails. */
export const tokenOf = (given: string, now: number) =>
  Effect.gen(function* () {
    const id = shape.exec(given)?.[1]
    const known = yield* apiTokens.get(id ?? "")
    const isRight = timingSafeEqual(digest(given), known === undefined ? nobody : Buffer.from(known.body.hash, "hex"))
    if (id === undefined || known === undefined || !isRight || (known.body.expiresAt ?? Infinity) <= now) return undefined
    return { id, name: known.body.name, scope: known.body.scope }
  })
/** Compares texts in a time that does not depend on where they differ. */
export const isSameText = (given: string, wanted: string): boolean => timingSafeEqual(digest(given), digest(wanted))
