import type { AnyStage } from "../../authoring/defineStage.ts"
import { type Cut, Memory, testStage, type Tried, type Try, tryStage } from "../testStage.ts"
import type { Finding } from "./Finding.ts"

/** At most so many events are tried, evenly spread. */
const most = 25
const spread = (count: number): ReadonlyArray<number> => {
  const step = Math.max(1, count / most)
  return Array.from({ length: Math.min(count, most) }, (_, i) => 1 + Math.floor(i * step))
}
type Whole = Pick<Tried<unknown>, "versions" | "events">

/** True when an attempt that is cut there, and a second one after it, give the answer of an unbroken one. */
const survives = async <S extends AnyStage>(stage: S, given: Try<S>, whole: Whole, cut: Cut): Promise<boolean> => {
  const memory = new Memory()
  await tryStage(stage, { ...given, memory }, cut)
  const rest = await testStage(stage, { ...given, memory, attempt: 2 })
  return JSON.stringify(rest.versions) === JSON.stringify(whole.versions)
}
const said = (wrong: ReadonlyArray<number>, what: string, tried: number, count: number): string => {
  const all = tried === count ? `${count} ${what}` : `${tried} of ${count} ${what}`
  return wrong.length === 0 ? all : `another answer, or none, after ${what.slice(0, -1)} ${wrong.join(", ")} of ${count}`
}
/**
 * Cuts an attempt before and after every event that it records (checkpoints, side effects) and lets a second one go on: the answer must be that
 * of an unbroken attempt.
 */
export const checkCrashes = async <S extends AnyStage>(
  stage: S,
  given: Try<S>,
  whole: Whole
): Promise<ReadonlyArray<Finding>> => {
  const events = whole.events.filter(({ _tag }) => _tag === "Checkpoint" || _tag === "SideEffectDone")
  const tried = spread(events.length)
  const checkpoints = events.filter(({ _tag }) => _tag === "Checkpoint").length
  const badMarks: Array<number> = []
  const badEvents: Array<number> = []
  let marks = 0
  let triedMarks = 0
  for (let nth = 1; nth <= events.length; nth++) {
    const isMark = events[nth - 1]?._tag === "Checkpoint"
    if (isMark) marks++
    if (!tried.includes(nth)) continue
    if (isMark) triedMarks++
    const after = await survives(stage, given, whole, { nth, when: "after" })
    const before = await survives(stage, given, whole, { nth, when: "before" })
    if (!after && isMark) badMarks.push(marks)
    if (!after || !before) badEvents.push(nth)
  }
  const crash = {
    check: "survives a crash at every event",
    ok: badEvents.length === 0,
    detail: events.length === 0 ? "it records none: it begins anew" : said(badEvents, "events", tried.length, events.length)
  }
  if (stage["~definition"].checkpoint === undefined) return [crash]
  const detail = said(badMarks, "checkpoints", triedMarks, checkpoints)
  return [{ check: "resumes from every checkpoint", ok: badMarks.length === 0, detail }, crash]
}
