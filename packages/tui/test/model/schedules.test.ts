import { describe, expect, it } from "vitest"
import { aPerson } from "../support/aPerson.ts"
import { anEmptyWorld, everything } from "../support/aScene.ts"
import type { ScheduleRecords } from "../../src/model/views/schedule.ts"
import { start } from "../../../core/src/testing/recorder.ts"

const hour = 3_600_000
const forecast = (id: string, next: number) => ({
  id,
  pipeline: id,
  path: `pipeline_dependencies.${id}.schedule`,
  cron: "0 19 * * *",
  zone: "UTC",
  frequency: undefined,
  next: [next],
  problems: []
})
const aWorldOf = (records: Partial<ScheduleRecords>) => {
  const world = anEmptyWorld()
  const forecasts = [forecast("data_pipeline", start + hour), forecast("metrics_pipeline", start + 2 * hour)]
  const all = { paused: [], leftOut: [], held: undefined, ...records }
  return { ...world, desk: { ...world.desk, schedule: { forecasts, states: [], records: all } } }
}
const size = { width: 120, height: 36 }

describe("a schedule", () => {
  it("is paused after a yes, which can be taken back for three seconds, and says its command line", () => {
    const person = aPerson(aWorldOf({}), everything, size)
    person.press("7 j j p")
    expect(person.screen().join("\n")).toContain("pause the schedule metrics_pipeline")
    person.press("enter")
    expect(person.footer()).toContain("nothing was done")
    person.press("p y")
    expect(person.footer()).toContain("pause metrics_pipeline in 3 s")
    expect(person.ui().grace?.command).toEqual({ _tag: "Schedule", action: "pause", id: "metrics_pipeline" })
    person.press("u")
    expect(person.ui().grace).toBeUndefined()
    expect(person.ui().lists.schedule.cursor).toBe("metrics_pipeline")
    expect(person.commands.filter(({ _tag }) => _tag === "Schedule")).toEqual([])
  })
  it("goes on with the same key, and runs now with another, each after a key that confirms", () => {
    const person = aPerson(aWorldOf({ paused: [{ schedule: "data_pipeline", by: "ana", since: start }] }), everything, size)
    // What is paused stands last.
    person.press("7 j j")
    expect(person.footer()).toContain("p resume")
    person.press("p")
    expect(person.screen().join("\n")).toContain("paused by ana")
    person.press("y t enter")
    expect(person.commands.filter(({ _tag }) => _tag === "Schedule")).toEqual([
      { _tag: "Schedule", action: "resume", id: "data_pipeline" },
      { _tag: "Schedule", action: "trigger", id: "data_pipeline" }
    ])
  })
  it("is asked for by name in production, by command as well, and not at all where one only looks", () => {
    const careful = aPerson(aWorldOf({}), { ...everything, production: "production" }, size)
    careful.press(":")
    careful.type("schedule pause metrics_pipeline")
    careful.press("enter y y enter")
    expect(careful.ui().grace).toBeUndefined()
    expect(careful.screen().join("\n")).toContain("type metrics_pipeline to go on")
    const reader = aPerson(aWorldOf({}), { ...everything, readOnly: true }, size)
    reader.press("7 p")
    expect([reader.ui().over._tag, reader.ui().message?.text]).toEqual(["None", expect.stringContaining("--read-only")])
    const wrong = aPerson(aWorldOf({}), everything, size)
    wrong.press(":")
    wrong.type("schedule pause metric")
    wrong.press("enter")
    expect(wrong.ui().message?.text).toBe("there is no schedule metric: 7 lists them")
  })
  it("tells who paused it and why, which of its times were left out and why, and that nothing fires at all", () => {
    const records: ScheduleRecords = {
      paused: [{ schedule: "metrics_pipeline", by: "ana", since: start - 48 * hour, reason: "until Monday" }],
      leftOut: [
        { schedule: "data_pipeline", at: start - hour, outcome: "missed", reason: "the server was down" },
        { schedule: "data_pipeline", at: start - 25 * hour, outcome: "holiday", reason: "XNYS is closed" }
      ],
      held: "the clock went back by 3 h"
    }
    const person = aPerson(aWorldOf(records), everything, size)
    person.press("7")
    const text = person.screen().join("\n")
    expect(text).toMatch(/data_pipeline .* 1 missed/u)
    expect(text).toMatch(/left out +\S+ \d+ \d\d:\d\d missed: the server was down/u)
    expect(text).toMatch(/holiday: XNYS is closed/u)
    expect(text).toContain("nothing fires: the clock went back by 3 h")
    person.press("j j")
    expect(person.screen().join("\n")).toMatch(/paused +by ana 2 days ago: until Monday/u)
    expect(person.screen().join("\n")).toMatch(/next +none until p lets it go on/u)
  })
})
