import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { embeddedProject, scheduleOf } from "@tetra/core/engine"
import { plugins } from "../config/projects.ts"

const at = Date.parse
const times = (cron: string, zone: string, now: string, n: number) =>
  Effect.gen(function* () {
    const project = yield* embeddedProject({
      cwd: "/",
      plugins: [plugins["@tetra/plugin-data"]],
      config: { pipelines: { data_pipeline: { timezone: zone } }, pipeline_dependencies: { data_pipeline: { schedule: cron } } }
    })
    return scheduleOf(project, at(now), n)[0].next.map((time) => new Date(time).toISOString().slice(0, 16))
  })

describe("scheduleOf", () => {
  it.effect.each([
    [
      "a fixed time that the clock skips moves behind the gap",
      "30 2 * * *",
      "2027-03-13T12:00Z",
      ["2027-03-14T07:30", "2027-03-15T06:30"]
    ],
    ["a fixed time that comes twice counts once", "30 1 * * *", "2026-10-31T12:00Z", ["2026-11-01T05:30", "2026-11-02T06:30"]],
    [
      "an interval follows the clock through both passes",
      "*/30 * * * *",
      "2026-11-01T04:45Z",
      ["2026-11-01T05:00", "2026-11-01T05:30", "2026-11-01T06:00", "2026-11-01T06:30"]
    ],
    [
      "Sunday is 0 and 7, names count in any case, ? is *",
      "0 0 ? * fri-7",
      "2026-11-21T12:00Z",
      ["2026-11-22T05:00", "2026-11-27T05:00", "2026-11-28T05:00"]
    ],
    ["macros", "@monthly", "2026-11-21T12:00Z", ["2026-12-01T05:00"]]
  ] as const)("%s", ([, cron, now, expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* times(cron, "America/New_York", now, expected.length), [...expected])
    })
  )
  it.effect("lists every schedule with its zone, its frequency and what is wrong with it", () =>
    Effect.gen(function* () {
      const project = yield* embeddedProject({
        cwd: "/",
        plugins: [plugins["@tetra/plugin-data"], plugins["@tetra/plugin-scenarios"]],
        config: {
          timezone: "Europe/Berlin",
          pipeline_dependencies: {
            data_pipeline: { frequency: "daily", schedule: ["0 19 * * *", { name: "noon", at: "0 12 * * *" }] },
            scenarios_pipeline: { frequency: "weekly", schedule: "30 19 * * 0" }
          }
        }
      })
      const all = scheduleOf(project, at("2026-11-21T12:00Z"), 1)
      assert.deepStrictEqual(
        all.map(({ frequency, id, next, zone }) => [id, zone, frequency, new Date(next[0]).toISOString()]),
        [
          ["data_pipeline", "Europe/Berlin", "daily", "2026-11-21T18:00:00.000Z"],
          ["data_pipeline#noon", "Europe/Berlin", "daily", "2026-11-22T11:00:00.000Z"],
          ["scenarios_pipeline", "Europe/Berlin", "weekly", "2026-11-22T18:30:00.000Z"]
        ]
      )
      assert.deepStrictEqual(all[2].problems, [
        "overlaps with data_pipeline 57 times in 400 days, first on 2026-11-22 19:30 Europe/Berlin: scenarios_pipeline will start about 30 min late"
      ])
    })
  )
})
