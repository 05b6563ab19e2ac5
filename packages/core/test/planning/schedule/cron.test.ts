import { Cron as Peer, Result } from "effect"
import { describe, expect, it } from "vitest"
import { cronTimes, type DstChoice, usualDst } from "../../../src/planning/schedule/cronTimes.ts"
import { parseCron } from "../../../src/planning/schedule/parseCron.ts"
import { Zone } from "../../../src/planning/schedule/zone.ts"

const at = Date.parse
const cronOf = (text: string) => Result.getOrThrow(parseCron(text))
const times = (text: string, zone: string, from: string, to: string, dst: Partial<DstChoice> = {}) =>
  [...cronTimes({ cron: cronOf(text), zone: Zone.of(zone), dst: { ...usualDst, ...dst } }, at(from) - 1, at(to))]
    .filter(({ note }) => note !== "skip")
    .map((time) => time.at)
const shown = (list: ReadonlyArray<number>) => list.map((time) => new Date(time).toISOString().slice(0, 16))
const newYork = "America/New_York"
const zones = [newYork, "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tehran", "America/Santiago", "Pacific/Apia"]

describe("a cron text", () => {
  it.each([
    ["the last day of a month", "0 0 L * *", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]],
    ["the last Friday of a month", "0 0 * * 5L", ["2027-01-29", "2027-02-26", "2027-03-26", "2027-04-30"]],
    ["the second Friday of a month", "0 0 * * fri#2", ["2027-01-08", "2027-02-12", "2027-03-12", "2027-04-09"]],
    ["either of two days", "0 0 15 2 1", ["2027-02-01", "2027-02-08", "2027-02-15", "2027-02-22"]],
    ["both days when one begins with *", "0 0 */10 2 1", ["2027-02-01"]],
    ["from a value to the top", "0 0 29/1 1 *", ["2027-01-29", "2027-01-30", "2027-01-31"]],
    ["Sunday as 0 and 7, names in any case, ? as *", "0 0 ? 1 SAT-7", ["2027-01-02", "2027-01-03", "2027-01-09"]]
  ])("means %s", (_, text, days) => {
    const found = shown(times(text, "UTC", "2027-01-01T00:00Z", "2027-04-30T23:59Z")).map((time) => time.slice(0, 10))
    expect(found.slice(0, days.length)).toEqual(days)
  })
  it.each([
    ["@reboot", "a start of the machine is no time", "tetra deploy"],
    ["@every 5m", "depends on when it was started", "*/15"],
    ["@dayly", "there is no such macro", "@daily"],
    ["TZ=UTC 0 0 * * *", "a zone does not belong into the cron text", "timezone"],
    ["0 0 15W * *", "W, H and R are not known", "write the days"],
    ["H 0 * * *", "W, H and R are not known", "write the days"],
    ["0 9 * * 5-1", '"5-1" goes backwards', "5-7,0-1"],
    ["0 9 * *", "has 4 fields", "five are needed"],
    ["0 24 * * *", 'the hour field "24" is wrong: "24" is not between 0 and 23', ""],
    ["*/0 * * * *", "has no whole step", "*/5"],
    ["0 0 * * monn", '"monn" is not between', "mon"],
    ["0 0 * * 5#6", "one to five", ""],
    ["31 2", "has 2 fields", ""],
    ["0 0 30 2 *", "never happens", "8 years"]
  ])("is refused: %s", (text, message, hint) => {
    const parsed = parseCron(text)
    expect(Result.isFailure(parsed) && parsed.failure.message).toContain(message)
    expect(Result.isFailure(parsed) && parsed.failure.hint).toContain(hint)
  })
})

describe("dst-table", () => {
  const spring = ["2027-03-14T05:00Z", "2027-03-15T03:59Z"] as const
  const autumn = ["2026-11-01T04:00Z", "2026-11-01T06:59Z"] as const
  it.each([
    ["a skipped time moves behind the gap", "30 2 * * *", spring, {}, ["2027-03-14T07:30"]],
    ["or is left out", "30 2 * * *", spring, { skipped: "skip" }, []],
    ["onto one that is there: once", "15 1,2,3 * * *", spring, {}, ["2027-03-14T06:15", "2027-03-14T07:15"]],
    [
      "left out beside one that is there",
      "15 1,2,3 * * *",
      spring,
      { skipped: "skip" },
      ["2027-03-14T06:15", "2027-03-14T07:15"]
    ],
    [
      "an interval has nothing in the gap",
      "30 */1 * * *",
      ["2027-03-14T06:00Z", "2027-03-14T08:00Z"],
      {},
      ["2027-03-14T06:30", "2027-03-14T07:30"]
    ],
    ["a doubled time counts the first time", "30 1 * * *", autumn, {}, ["2026-11-01T05:30"]],
    ["or the last", "30 1 * * *", autumn, { repeated: "last" }, ["2026-11-01T06:30"]],
    ["or both", "30 1 * * *", autumn, { repeated: "both" }, ["2026-11-01T05:30", "2026-11-01T06:30"]],
    [
      "an interval follows both passes",
      "*/30 1 * * *",
      autumn,
      {},
      ["2026-11-01T05:00", "2026-11-01T05:30", "2026-11-01T06:00", "2026-11-01T06:30"]
    ]
  ] as const)("%s", (_, text, [from, to], dst, expected) => {
    expect(shown(times(text, newYork, from, to, dst))).toEqual(expected)
  })
  it("tells both local times of one instant", () => {
    const both = { cron: cronOf("15 1,2,3 * * *"), zone: Zone.of(newYork), dst: usualDst }
    const [, merged] = [...cronTimes(both, at(spring[0]), at(spring[1]))]
    expect(merged.locals.map((local) => new Date(local).toISOString().slice(11, 16)).sort()).toEqual(["02:15", "03:15"])
  })
  it("moves a day that the clock skips as a whole", () => {
    expect(shown(times("0 9 30 12 *", "Pacific/Apia", "2011-12-28T00:00Z", "2012-01-02T00:00Z"))).toEqual(["2011-12-30T19:00"])
  })
  it("mixes the times of two days where the clock goes back over midnight", () => {
    // 2010-11-07 00:01 -> 2010-11-06 23:01
    const found = times("0,30 * * * *", "America/St_Johns", "2010-11-07T01:30Z", "2010-11-07T04:30Z")
    expect(found).toEqual([...found].sort((a, b) => a - b))
    expect(shown(found)).toEqual([
      "2010-11-07T01:30",
      "2010-11-07T02:00",
      "2010-11-07T02:30",
      "2010-11-07T03:00",
      "2010-11-07T03:30",
      "2010-11-07T04:00",
      "2010-11-07T04:30"
    ])
  })
})

/** Every minute of a stretch, told by the platform's own formatter: what a person with a wall clock would see. */
const wall = (zone: string, from: number, to: number): ReadonlyArray<readonly [number, number]> => {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" })
  const minutes = Array.from({ length: (to - from) / 60_000 + 1 }, (_, i) => from + i * 60_000)
  return minutes.map((minute) => [minute, Date.parse(`${format.format(minute).replace(" ", "T")}:00Z`)])
}
const scan = (text: string, minutes: ReturnType<typeof wall>): ReadonlyArray<number> => {
  const { interval, seconds } = cronOf(text)
  const seen = new Set<number>()
  return minutes.flatMap(([minute, local]) => {
    const isDue = seconds.includes((local / 1000) % 86_400) && (interval || !seen.has(local))
    seen.add(local)
    return isDue ? [minute] : []
  })
}

describe("against other witnesses", () => {
  it.each(zones)("a scan of every minute around the changes of %s agrees", (name) => {
    const zone = Zone.of(name)
    for (const year of [1999, 2011, 2026, 2059]) {
      const days = Array.from({ length: 365 }, (_, i) => Date.UTC(year, 0, 1 + i))
      for (const day of days.filter((one) => zone.offsetAt(one) !== zone.offsetAt(one + 86_400_000)).slice(0, 3)) {
        const [from, to] = [day - 3_600_000 * 12, day + 3_600_000 * 28]
        const minutes = wall(name, from, to)
        const exact = (text: string) => [...cronTimes({ cron: cronOf(text), zone, dst: usualDst }, from - 1, to)]
        for (const text of ["*/10 * * * *", "20 * * * *"])
          expect(
            exact(text).map((time) => time.at),
            `${text}, ${new Date(day).toISOString()}`
          ).toEqual(scan(text, minutes))
        // A fixed time that the clock skips is nowhere on the wall: those are the shifted ones.
        const fixed = exact("0 0,1,2,3,23 * * *")
        const shifted = new Set(fixed.flatMap(({ at: time, note }) => (note === "shifted" ? [time] : [])))
        expect(fixed.flatMap(({ at: time }) => (shifted.has(time) ? [] : [time]))).toEqual(
          scan("0 0,1,2,3,23 * * *", minutes).filter((time) => !shifted.has(time))
        )
      }
    }
  })
  it("effect/Cron agrees on a year of random texts", () => {
    let seed = 43
    const random = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
    for (let i = 0; i < 8; i++) {
      const text = [
        random(60),
        random(24),
        random(3) === 0 ? `${1 + random(28)}` : "*",
        random(3) === 0 ? `${1 + random(12)}` : "*",
        random(3) === 0 ? `${random(7)}` : "*"
      ].join(" ")
      const zone = zones[random(2)]
      const [from, to] = [at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z")]
      const peer = Result.getOrThrow(Peer.parse(text, zone, { onDstOverlap: "earlier" }))
      const expected: Array<number> = []
      for (
        let time = Peer.next(peer, new Date(from - 1000)).getTime();
        time <= to;
        time = Peer.next(peer, new Date(time)).getTime()
      )
        expected.push(time)
      expect(times(text, zone, "2026-01-01T00:00Z", "2027-01-01T00:00Z"), `${text} in ${zone}`).toEqual(expected)
    }
  })
})
