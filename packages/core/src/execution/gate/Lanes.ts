import { type Lane as LaneName, lanes } from "../../domain/RunPlan.ts"
import { WaitingLine } from "./WaitingLine.ts"

/** Parts of the machine that a lane gets while every lane has units that wait. */
const shares: Readonly<Record<LaneName, number>> = { interactive: 60, scheduled: 30, backfill: 10 }

/** A unit that lasts shorter counts as this long, so that many short ones are not for nothing. */
const leastSeconds = 1

/** One lane: who waits in it, and what it has had so far. */
export class Lane {
  readonly line = new WaitingLine()
  readonly #share: number
  /** Machine seconds, divided by the share. */
  #used = 0
  /** Part of the machine that its units hold, 0 to 1, as counted at `#at`. */
  #holds = 0
  #at: number
  constructor(share: number, now: number) {
    this.#share = share
    this.#at = now
  }
  used(now: number): number {
    this.#used += (this.#holds * Math.max(0, now - this.#at)) / 1000 / this.#share
    this.#at = now
    return this.#used
  }
  start(part: number, now: number): void {
    this.used(now)
    this.#holds += part
  }
  end(part: number, lastedMs: number, now: number): void {
    this.#used = this.used(now) + (part * Math.max(0, leastSeconds - lastedMs / 1000)) / this.#share
    this.#holds = Math.max(0, this.#holds - part)
  }
  /** What it will have used after a while with its next unit: a start that costs a large part of its share comes late. */
  next(now: number): number {
    const part = this.#holds + (this.line.first(now)?.shape.part ?? 0)
    return this.used(now) + (part * leastSeconds) / this.#share
  }
  /** Time in which it wanted nothing gives it no claim. */
  atLeast(used: number, now: number): void {
    this.#used = Math.max(this.used(now), used)
  }
}
/** The lane that has had least for its share comes first, so that lanes with units that wait share the machine 60 to 30 to 10. */
export class Lanes {
  readonly #lanes: Readonly<Record<LaneName, Lane>>
  constructor(now: number) {
    const lane = (name: LaneName) => new Lane(shares[name], now)
    this.#lanes = { interactive: lane("interactive"), scheduled: lane("scheduled"), backfill: lane("backfill") }
  }
  /** The lane by its name; it is about to want something: it begins level with those that wait, or, when nobody does, with everyone. */
  entered(name: LaneName, now: number): Lane {
    const lane = this.#lanes[name]
    if (lane.line.waiting > 0) return lane
    const waiting = this.inOrder(now)[0]
    lane.atLeast(waiting?.used(now) ?? Math.max(...lanes.map((other) => this.#lanes[other].used(now))), now)
    return lane
  }
  get waiting(): number {
    return lanes.reduce((sum, name) => sum + this.#lanes[name].line.waiting, 0)
  }
  /** Those in which somebody waits. Equal ones stand in the order of their names' list. */
  inOrder(now: number): ReadonlyArray<Lane> {
    const waiting = lanes.map((name) => this.#lanes[name]).filter((lane) => lane.line.waiting > 0)
    return waiting.length < 2 ? waiting : waiting.sort((a, b) => a.next(now) - b.next(now))
  }
}
