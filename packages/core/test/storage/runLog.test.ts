import { appendFileSync, readFileSync, statSync } from "node:fs"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import type { LogLine } from "../../src/domain/RunEvent.ts"
import { RunLog } from "../../src/execution/ports/RunLog.ts"
import { maxLineBytes } from "../../src/storage/filesystem/runLog.ts"
import { inHome, withHome } from "./support/home.ts"

const aLine = (message: string, more: Partial<LogLine> = {}): LogLine => ({
  _tag: "Log",
  run: "run-1",
  at: 1_000,
  stage: "data_pipeline.load",
  partition: null,
  level: "info",
  message,
  fields: {},
  ...more
})
const logging = <A>(home: string, work: (log: RunLog["Service"]) => Effect.Effect<A>) =>
  inHome(home, Effect.flatMap(RunLog, work))
const messages = (lines: ReadonlyArray<LogLine>) => lines.map(({ message }) => message)

describe("the log of a run", () => {
  it("is read by stage, least level, text and tail, oldest first", () =>
    withHome(async (home) => {
      const read = await logging(home, (log) =>
        Effect.gen(function* () {
          log.write(aLine("one", { level: "debug" }))
          log.write(aLine("two", { level: "warn", stage: "metrics_pipeline.load" }))
          log.write(aLine("three", { level: "error", fields: { symbol: "SPY" } }))
          log.write(aLine("four", { stage: undefined }))
          return {
            all: messages(yield* log.read("run-1")),
            stage: messages(yield* log.read("run-1", { stage: "data_pipeline.load" })),
            level: messages(yield* log.read("run-1", { level: "warn" })),
            grep: messages(yield* log.read("run-1", { grep: "spy" })),
            tail: messages(yield* log.read("run-1", { tail: 2 })),
            nothing: yield* log.read("run-2")
          }
        })
      )
      expect(read).toEqual({
        all: ["one", "two", "three", "four"],
        stage: ["one", "three"],
        level: ["two", "three"],
        grep: ["three"],
        tail: ["three", "four"],
        nothing: []
      })
    }))
  it("is on disk, private, when the store is closed", () =>
    withHome(async (home) => {
      const path = await logging(home, (log) => Effect.sync(() => (log.write(aLine("last words")), log.pathOf("run-1"))))
      expect(readFileSync(path, "utf8")).toMatch(/"last words"/)
      expect(statSync(path).mode & 0o077).toBe(0)
    }))
  it("keeps control characters as escapes: one line a message, nothing for a terminal to obey", () =>
    withHome(async (home) => {
      const evil = "a\nb\u001b[2J\u0007\u009b31m\u2028c"
      const { path, read } = await logging(home, (log) =>
        Effect.gen(function* () {
          log.write(aLine(evil))
          return { read: yield* log.read("run-1"), path: log.pathOf("run-1") }
        })
      )
      expect(messages(read)).toEqual([evil])
      // oxlint-disable-next-line no-control-regex -- they are what must not be there
      expect(readFileSync(path, "utf8").trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/)
    }))
  it("cuts a line that is too long, and says so", () =>
    withHome(async (home) => {
      const read = await logging(home, (log) =>
        Effect.suspend(() => {
          log.write(aLine("x".repeat(maxLineBytes * 2)))
          return log.read("run-1")
        })
      )
      expect(read[0]?.message.length).toBeLessThan(maxLineBytes)
      expect(read[0]?.message).toMatch(/cut: the line had 131\d+ bytes/)
    }))
  it("goes on after a crash that left half a line", () =>
    withHome(async (home) => {
      const path = await logging(home, (log) => Effect.sync(() => (log.write(aLine("before")), log.pathOf("run-1"))))
      appendFileSync(path, '{"_tag":"Log","message":"hal')
      const read = await logging(home, (log) =>
        Effect.suspend(() => {
          log.write(aLine("after"))
          return log.read("run-1")
        })
      )
      expect(messages(read)).toEqual(["before", "after"])
    }))
})
