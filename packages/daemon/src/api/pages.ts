/** Long lists come in pages, newest first: a page begins behind the last entry of the one before, so entries that are added move nothing. */
import { Effect, Schema } from "effect"
import { Invalid } from "./problems.ts"

const usual = 50
const most = 500
const Limit = Schema.NumberFromString.pipe(Schema.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: most })))
/** `cursor` is the `next_cursor` of the page before. */
export const pageQuery = { limit: Schema.optionalKey(Limit), cursor: Schema.optionalKey(Schema.String) }
export const pageOf = <A, I>(item: Schema.Codec<A, I>) =>
  Schema.Struct({ items: Schema.Array(item), next_cursor: Schema.NullOr(Schema.String) })

/** The time of an entry, epoch milliseconds, and what tells it from others of that time. */
export interface Place {
  readonly at: number
  readonly key: string
}
const encoded = ({ at, key }: Place): string => Buffer.from(JSON.stringify([at, key])).toString("base64url")
const decoded = (cursor: string): Place | undefined => {
  try {
    const [at, key] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as ReadonlyArray<unknown>
    return typeof at === "number" && typeof key === "string" ? { at, key } : undefined
  } catch {
    return undefined
  }
}
interface PageQuery {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}
export const placeOfPage = ({ cursor, limit = usual }: PageQuery) =>
  Effect.suspend(() => {
    const after = cursor === undefined ? undefined : decoded(cursor)
    return cursor !== undefined && after === undefined
      ? Effect.fail(new Invalid({ detail: "the cursor is none: take next_cursor of the page before as it is", errors: [] }))
      : Effect.succeed({ after, limit })
  })
/** `found`: one more than the page holds, when there is more. */
export const cutPage = <A>(found: ReadonlyArray<A>, limit: number, of: (item: A) => Place) => {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next_cursor: found.length > limit && last !== undefined ? encoded(of(last)) : null }
}
