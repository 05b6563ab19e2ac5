/** Reasons as a tree. Pure. */
import type { WhyNode } from "@tetra/core/engine"
import { asTyped } from "../typed.ts"
import { ago, clockTime, dateTime, duration } from "./amounts.ts"
import { glyph, type Look, paint, toneOf } from "./look.ts"
import { someLines, widthOf, wrap } from "./text.ts"

interface Branch {
  readonly first: string
  readonly rest: string
}
const branchOf = (look: Look, isLast: boolean): Branch =>
  look.unicode
    ? { first: isLast ? "└─ " : "├─ ", rest: isLast ? "   " : "│  " }
    : { first: isLast ? "`- " : "|- ", rest: isLast ? "   " : "|  " }

/** Deeper levels of a narrow terminal are drawn at this one, so that there is room for words. */
const leastText = 30

const recentMs = 3_600_000
/** The time of day while that is enough, else the day and how long ago it was. */
const instant = (at: number, now: number): string =>
  Math.abs(now - at) < recentMs ? clockTime(at) : at > now ? dateTime(at) : `${dateTime(at)}, ${ago(at, now)}`

const whenText = ({ at, tookMs }: WhyNode, now: number): string => {
  const parts = [...(tookMs === undefined ? [] : [duration(tookMs)]), ...(at === undefined ? [] : [instant(at, now)])]
  return parts.length === 0 ? "" : ` (${parts.join("; ")})`
}
const nodeLines = (node: WhyNode, lead: Branch, look: Look, now: number): ReadonlyArray<string> => {
  const mark = `${glyph(look, node.kind)} `
  const [text = "", ...more] = someLines(asTyped(node.text, look.command)).split("\n")
  const when = whenText(node, now)
  const room = look.width === undefined ? Number.POSITIVE_INFINITY : look.width - 1 - widthOf(lead.first) - widthOf(mark)
  const painted = paint(look, toneOf(node.kind), mark)
  const first = widthOf(text) + widthOf(when) <= room ? [`${text}${paint(look, "dim", when)}`] : wrap(text + when, room)
  const rest = more.flatMap((line) => wrap(line, room))
  return [...first, ...rest].map((line, i) => (i === 0 ? lead.first + painted : `${lead.rest}  `) + line)
}
const below = (node: WhyNode, indent: string, look: Look, now: number): ReadonlyArray<string> =>
  node.children.flatMap((child, i) => {
    const branch = branchOf(look, i === node.children.length - 1)
    const isDeep = look.width !== undefined && look.width - widthOf(indent) < leastText
    const lead = isDeep ? { first: indent, rest: indent } : { first: indent + branch.first, rest: indent + branch.rest }
    return [...nodeLines(child, lead, look, now), ...below(child, lead.rest, look, now)]
  })

/** A node and everything under it; `now` is epoch milliseconds. */
export const treeLines = (node: WhyNode, look: Look, now: number): ReadonlyArray<string> => [
  ...nodeLines(node, { first: "", rest: "" }, look, now),
  ...below(node, "", look, now)
]
