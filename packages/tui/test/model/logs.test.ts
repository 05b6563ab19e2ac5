import { describe, expect, it } from "vitest"
import { bounded, floodOf, floodText, lineWeight } from "../../src/model/logs/Flood.ts"
import { LogIndex } from "../../src/model/logs/LogIndex.ts"
import { queryOf } from "../../src/model/logs/query.ts"
import { textMatcher } from "../../src/model/logs/TextMatcher.ts"
import { compileFilter, everyLine, type LogFilter } from "../../src/model/LogFilter.ts"
import { Ring } from "../../src/model/Ring.ts"
import { initialUi, type Ui } from "../../src/model/Ui.ts"
import { update } from "../../src/model/update.ts"
import { take } from "../../src/model/World.ts"
import { surroundingsOf } from "../../src/paint/surroundings.ts"
import { aLook } from "../../src/paint/theme.ts"
import { recorder, start } from "../../../core/src/testing/recorder.ts"
import { anEmptyWorld, aScene } from "../support/aScene.ts"

const { at, line } = recorder()
const context = { now: start + 600_000, startedAt: start, attempts: [start, start + 300_000] }

describe("the ring of log lines", () => {
  it("keeps the newest lines with their places in the whole log", () => {
    const ring = new Ring<number>(3)
    for (let n = 0; n < 10; n++) ring.push(n)
    expect([ring.first, ring.end, ring.at(6), ring.at(7), ring.at(9)]).toEqual([7, 10, undefined, 7, 9])
  })
  it("keeps fewer lines when they are long, and of a line of ten megabytes its beginning", () => {
    const huge = bounded(line(0, "info", "a.b", "x".repeat(10_000_000)))
    expect(huge.message.length).toBeLessThan(17_000)
    expect(huge.message).toMatch(/\[9983616 more characters\]$/u)
    const ring = new Ring(10_000, lineWeight)
    for (let n = 0; n < 10_000; n++) ring.push(huge)
    expect((ring.end - ring.first) * huge.message.length).toBeLessThan(lineWeight.most)
    expect(ring.at(9_999)).toBe(huge)
  })
  it("tells what a flood cost, and that it goes on", () => {
    const told = { ...line(1_000, "warn", "a.b", "380 lines"), fields: { left_out: 380, sampling: 20 } }
    const flood = floodOf(floodOf(undefined, told), told)
    expect([floodText(flood, told.at + 10), floodText(flood, told.at + 60_000)]).toEqual([
      "sampling 1:20, 760 left out",
      "760 left out"
    ])
  })
})
describe("what is typed to filter the log", () => {
  it("has terms for level, stages, times and attempts; the rest is text", () => {
    expect(queryOf("level:warn stage:load,chop rate limit", context)).toMatchObject({
      level: "warn",
      stages: ["load", "chop"],
      text: "rate limit",
      problems: []
    })
    expect(queryOf("since:5m until:1m", context)).toMatchObject({ since: context.now - 300_000, until: context.now - 60_000 })
    expect(queryOf("attempt:1", context)).toMatchObject({ since: undefined, until: start + 300_000 })
    expect(queryOf("attempt:2 x", context)).toMatchObject({ since: start + 300_000, until: undefined, text: "x" })
    expect(queryOf("since:2026-01-31T19:05:00Z", context).since).toBe(Date.UTC(2026, 0, 31, 19, 5))
  })
  it("takes a clock time on the day of the run, and on the next day when the run went past midnight", () => {
    const evening = new Date(2026, 0, 31, 23, 50).getTime()
    const run = { now: evening + 3_600_000, startedAt: evening, attempts: [evening] }
    expect(queryOf("since:23:55", run).since).toBe(evening + 300_000)
    expect(queryOf("since:00:10", run).since).toBe(evening + 1_200_000)
  })
  it("says what it does not understand, and narrows nothing by it", () => {
    expect(queryOf("level:loud", context).problems).toEqual(["level:loud: one of debug, info, warn, error"])
    expect(queryOf("attempt:3", context).problems).toEqual(["attempt:3: there are 2 attempts"])
    expect(queryOf("since:yesterday", context).problems[0]).toMatch(/^since:yesterday: a time as 10:30/u)
  })
  it("leaves the inside of an expression and unknown words as they are", () => {
    expect(queryOf("stage:load /level:warn x/", context)).toMatchObject({
      stages: ["load"],
      level: undefined,
      text: "/level:warn x/"
    })
    expect(queryOf("http://a b:c", context).text).toBe("http://a b:c")
  })
})
describe("the text of a filter", () => {
  const matches = (text: string, searched: string): boolean => textMatcher(text).matches([searched])[0] === true
  it("is found in any case; expressions stand between slashes, unfinished ones are text", () => {
    expect(matches("TimeOut", "a timeout")).toBe(true)
    expect(matches("/^a.*t$/", "a timeout")).toBe(true)
    expect(matches("/^x/", "a timeout")).toBe(false)
    expect(matches("/(/", "what /(/ is")).toBe(true)
  })
  it("is given up when its expression backtracks without end, and says so", () => {
    const matcher = textMatcher("/(a+)+$/")
    expect(matcher.matches([`${"a".repeat(50)}b`])).toEqual([false])
    expect(matcher.problem()).toBe("/(a+)+$/ takes too long: make it simpler")
    expect(matcher.matches(["a"]), "it is not tried again").toEqual([false])
  })
  it("is not given up for one lot that a pause of the machine took beyond its time", () => {
    let reads = 0
    const paused = {
      toString: () => {
        if (reads++ === 0) for (;;);
        return "needle 7"
      }
    } as unknown as string
    const matcher = textMatcher("/needle \\d/")
    expect(matcher.matches([paused])).toEqual([true])
    expect(reads).toBe(2)
    expect(matcher.problem()).toBeUndefined()
  })
})
describe("the index of the log", () => {
  it("finds line by line what a fresh look finds", () => {
    const ring = new Ring<ReturnType<typeof line>>(50)
    const index = new LogIndex()
    const filter: LogFilter = { level: "info", stages: ["a"], text: "6", highlight: false }
    for (let n = 0; n < 400; n++) {
      ring.push(line(n, n % 3 === 0 ? "debug" : "info", n % 2 === 0 ? "a.load" : "ab.load", `line ${n}`))
      const fresh = new LogIndex().read(ring, filter, context)
      expect(index.read(ring, filter, context).shown.filter((place) => place >= ring.first)).toEqual(fresh.shown)
    }
    expect(new LogIndex().read(ring, filter, context).shown.length).toBeGreaterThan(0)
  })
  it("combines level, stage, term and text; marking keeps the lines that only lack the text", () => {
    const lines = [
      line(0, "warn", "a.load", "timeout"),
      line(1, "warn", "a.load", "slow"),
      line(2, "info", "a.load", "timeout"),
      line(3, "warn", "b.load", "timeout"),
      line(4, "error", undefined, "timeout")
    ]
    const judge = (change: Partial<LogFilter>) =>
      compileFilter({ ...everyLine, stages: ["a"], text: "level:warn timeout", ...change }, context)
        .judge(lines)
        .map(({ found, shown }) => (found ? "found" : shown ? "shown" : ""))
    expect(judge({})).toEqual(["found", "", "", "", ""])
    expect(judge({ highlight: true })).toEqual(["found", "shown", "", "", ""])
    expect(judge({ stages: ["load"] })).toEqual(["found", "", "", "found", ""])
    expect(judge({ stages: [] })).toEqual(["found", "", "", "found", "found"])
  })
})

const size = { width: 120, height: 20 }
const look = aLook({ color: false, unicode: true })
/** A log of `lines` lines, and what keys make of it. */
const aLog = (lines: number) => {
  const world = Array.from({ length: lines }, (_, n) => line(n, "info", "a.load", `line ${n}`)).reduce(take, anEmptyWorld())
  const commands: Array<string> = []
  const press = (ui: Ui, ...keys: ReadonlyArray<string>): Ui =>
    keys.reduce((before, key) => {
      const next = update(before, { _tag: "Key", key }, surroundingsOf(aScene(world, before), size, look))
      commands.push(...next.commands.map((c) => (c._tag === "Copy" ? c.text.replaceAll(/^\S+ /gmu, "") : JSON.stringify(c))))
      return next.ui
    }, ui)
  return { world, press, commands, ui: { ...initialUi, view: "logs" as const } }
}
describe("the keys of the log", () => {
  it("pause when somebody scrolls up, and follow again at the end", () => {
    const { press, ui } = aLog(100)
    expect(press(ui, "k").logs.cursor).toBe(98)
    expect(press(ui, "k", "j").logs.cursor).toBeUndefined()
    expect(press(ui, "g", "g", "G").logs.cursor).toBeUndefined()
  })
  it("read the file where memory has no older line, and only there", () => {
    const short = aLog(100)
    short.press(short.ui, "g", "g", "k")
    expect(short.commands).toEqual([])
    const long = aLog(10_100)
    const top = long.press(long.ui, "k")
    expect(long.press({ ...top, logs: { ...top.logs, cursor: 100 } }, "k").logs.cursor).toBe(100)
    expect(long.commands).toEqual(['{"_tag":"ReadFile","at":"cursor"}'])
    long.press(long.ui, "g", "g")
    expect(long.commands.at(-1)).toBe('{"_tag":"ReadFile","at":0}')
  })
  it("select lines and copy them, and leave the selection", () => {
    const { commands, press, ui } = aLog(10)
    const after = press(ui, "k", "v", "k", "k", "y")
    expect(commands).toEqual(["info  a.load  line 6\ninfo  a.load  line 7\ninfo  a.load  line 8"])
    expect(after.logs.anchor).toBeUndefined()
  })
  it("keep the filter whatever else is changed, and take things back one by one", () => {
    const { press, ui } = aLog(10)
    const filtered = press(ui, "/", "n", "e", "enter", "w", "t", "J", "M", "\\")
    expect(filtered.logs).toMatchObject({ wrap: true, time: "clock", pretty: true, filter: { text: "ne", highlight: true } })
    const selected = press(filtered, "C", "k", "v")
    expect(press(selected, "esc", "esc").logs.filter.text).toBe("")
    expect(press(selected, "esc", "esc", "esc").logs.clearedTo).toBe(0)
  })
  it("ask for a name before lines are saved", () => {
    const { commands, press, ui } = aLog(10)
    const asked = press(ui, "S")
    expect(asked.over).toEqual({ _tag: "Save", text: "r1.log" })
    press(asked, "C-u", "a", "enter")
    expect(commands).toEqual(['{"_tag":"SaveLines","path":"a"}'])
  })
  it("lead from an event to its stage", () => {
    const { ui } = aLog(0)
    const event = at(5, { _tag: "AttemptStarted", stage: "a.load", partition: null, attempt: 1 })
    const around = surroundingsOf(aScene(take(anEmptyWorld(), event), { ...ui, view: "events" }), size, look)
    expect(update({ ...ui, view: "events" }, { _tag: "Key", key: "s" }, around).ui).toMatchObject({
      view: "stages",
      stage: "a.load"
    })
  })
})
