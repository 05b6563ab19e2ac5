/** A year of schedules in six zones with everything that happens to a machine: what is due is decided once, and runs once or has its reason. */
import { occurrencesBetween } from "@tetra/core/engine"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { aLab, random, settled } from "../../packages/daemon/test/schedule/aLab.ts"
import { aProject } from "../../packages/daemon/test/schedule/aSpec.ts"
import { ticks } from "../../packages/daemon/src/schedule/records.ts"
import { type ScheduleSpec, specsOf } from "../../packages/daemon/src/schedule/ScheduleSpec.ts"
import { pauseSchedule, resumeSchedule } from "../../packages/daemon/src/schedule/wishes.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const firstDay = Date.parse("2026-10-01T00:00Z")
const lastDay = firstDay + 366 * day
const seed = Number(process.env["TETRA_SEED"] ?? 20_261_001)
const zones = [
  "America/New_York",
  "Europe/London",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Africa/Casablanca",
  "Asia/Kolkata"
]
type Written = Parameters<typeof aProject>[0]

/** Of each zone a fixed time in its doubled and skipped hours, an interval, and a day of the market; `variant` is what edits change. */
const written = (variant: number): Written =>
  Object.fromEntries(
    zones.flatMap((timezone, i) => [
      [
        `fixed${i}`,
        [
          `${15 * ((variant + i) % 4)} ${i % 4} * * *`,
          {
            timezone,
            dst: { skipped: (["shift", "skip"] as const)[i % 2], repeated: (["first", "last", "both"] as const)[i % 3] }
          }
        ]
      ],
      [`interval${i}`, ["0 */4 * * *", { timezone, catch_up: i % 2 === 0 ? { all: { max: 4, window: "2d" } } : "none" }]],
      [`market${i}`, [i % 2 === 0 ? "30 18 * * *" : "session_close + 30m", { timezone, calendar: "XNYS" }]]
    ])
  )

/** What happens next, and how long it takes. */
const nextStep = (pick: (n: number) => number): { readonly ms: number; readonly back: boolean } => {
  const roll = pick(100)
  if (roll < 3) return { ms: hour, back: true }
  if (roll < 6) return { ms: (1 + pick(4)) * day, back: false }
  if (roll < 30) return { ms: (1 + pick(12)) * hour, back: false }
  return { ms: (1 + pick(180)) * minute, back: false }
}

describe("a year of schedules", () => {
  it(`with kills, sleep, clocks set back, reloads and pauses: every time is decided once (seed ${seed})`, async () => {
    const pick = random(seed)
    let variant = 0
    const lab = aLab(aProject(written(variant)))
    let now = firstDay
    let latest = firstDay
    /** Since when each schedule is as it is, and what was decided before it was changed. */
    const eras: Array<{ readonly spec: ScheduleSpec; readonly from: number; readonly to: number }> = []
    let current = new Map(specsOf(lab.project).map((spec) => [spec.id, { spec, from: firstDay }]))
    const live = new Set([lab.scheduler()])
    const turns = (faulty: boolean) =>
      lab
        .run(
          Effect.gen(function* () {
            yield* TestClock.setTime(now)
            for (const one of live) {
              const exit = yield* Effect.exit(one.turn)
              yield* settled
              if (exit._tag === "Failure") live.delete(one)
            }
          })
        )
        .catch((error: unknown) => {
          if (!faulty) throw error
          live.clear()
        })
    /** Everything up to now is decided, by a process that lives. */
    const quiet = async () => {
      lab.dies = undefined
      if (live.size === 0) live.add(lab.scheduler())
      await turns(false)
    }
    await quiet()
    for (let step = 0; now < lastDay; step++) {
      const { back, ms } = nextStep(pick)
      now = back ? Math.max(firstDay, now - ms) : now + ms
      latest = Math.max(latest, now)
      if (pick(12) === 0) live.clear()
      if (pick(8) === 0) continue // Nobody is there.
      while (live.size === 0 || (live.size < 2 && pick(3) === 0)) live.add(lab.scheduler())
      lab.dies = pick(4) === 0 ? { count: pick(6), behind: pick(2) === 0 } : undefined
      await turns(true)
      if (now < latest) continue
      if (pick(40) === 0) {
        await quiet()
        const ids = [...current.keys()]
        const { spec } = current.get(ids[pick(ids.length)]!)!
        await lab.run(pick(4) === 0 ? pauseSchedule(spec, now, { by: "ann" }) : resumeSchedule(spec, now))
      }
      if (pick(60) === 0) {
        await quiet()
        lab.project = aProject(written((variant += 1)))
        await quiet()
        const before = current
        current = new Map(
          specsOf(lab.project).map((spec) => {
            const known = before.get(spec.id)!
            if (known.spec.fingerprint === spec.fingerprint) return [spec.id, known]
            eras.push({ ...known, to: now })
            return [spec.id, { spec, from: now }]
          })
        )
      }
    }
    now = latest + 2 * minute
    for (let i = 0; i < 200; i++) await quiet()
    for (const era of current.values()) eras.push({ ...era, to: now })

    const found = await lab.run(ticks.list({ limit: 1_000_000 }))
    const due = eras.flatMap(({ from, spec, to }) =>
      occurrencesBetween(spec.timing, from, to).map(({ at }) => `${spec.id}@${at}`)
    )
    expect(found.map(({ body }) => `${body.schedule}@${body.instant}`).sort()).toEqual(due.sort())
    expect(due.length).toBeGreaterThan(15_000)
    expect(found.filter(({ body }) => body.reason === "")).toEqual([])
    const ran = found.filter(({ body }) => body.outcome === "run")
    expect(ran.filter(({ body }) => body.run === undefined).map(({ key }) => key)).toEqual([])
    expect([...lab.begun.keys()].sort()).toEqual(ran.map(({ key }) => `sched/${key}`).sort())
    const outcomes = new Set(found.map(({ body }) => body.outcome))
    expect([...outcomes].sort()).toEqual(expect.arrayContaining(["dst_skipped", "holiday", "missed", "paused", "run"]))
    const count = (outcome: string) => found.filter(({ body }) => body.outcome === outcome).length
    console.log(`${due.length} times: ${[...outcomes].map((outcome) => `${outcome} ${count(outcome)}`).join(", ")}`)
  })
})
