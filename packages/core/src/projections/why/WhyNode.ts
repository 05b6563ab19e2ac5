import type { Status } from "../../domain/Names.ts"

/** What a reason is about: how something ended or stands, or what was different, read, tried again, or is good to know. */
export type WhyKind = Status | "reused" | "interrupted" | "retry" | "warning" | "change" | "input" | "note"

/** One recorded reason, with the reasons behind it. Data: surfaces draw it as they draw everything else. */
export interface WhyNode {
  readonly kind: WhyKind
  /** A short sentence; what plugins wrote may be in it, so a terminal has to clean it. */
  readonly text: string
  /** When it happened or is due, in epoch milliseconds. */
  readonly at?: number
  /** How long it took, in milliseconds. */
  readonly tookMs?: number
  readonly children: ReadonlyArray<WhyNode>
}
export const because = (
  kind: WhyKind,
  text: string,
  more: {
    readonly at?: number | undefined
    readonly tookMs?: number | undefined
    readonly children?: ReadonlyArray<WhyNode>
  } = {}
): WhyNode => ({
  kind,
  text,
  ...(more.at === undefined ? {} : { at: more.at }),
  ...(more.tookMs === undefined ? {} : { tookMs: more.tookMs }),
  children: more.children ?? []
})
/** `1 row`, `3,042 rows`. */
export const many = (n: number, one: string, more = `${one}s`): string => `${n.toLocaleString("en-US")} ${n === 1 ? one : more}`

/** The first `most` of them, and how many there are more. */
export const firstOf = <A>(all: ReadonlyArray<A>, most: number, node: (one: A) => WhyNode): ReadonlyArray<WhyNode> => [
  ...all.slice(0, most).map(node),
  ...(all.length > most ? [because("note", `and ${many(all.length - most, "more", "more")}`)] : [])
]
