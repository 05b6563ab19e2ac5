import { describe, expect, it } from "vitest"
import { type DeployFile, deploymentOf, type Target } from "../../src/deploy/index.ts"
import { aContext } from "./aContext.ts"

const timed = ["launchd", "systemd", "cron", "kubernetes", "airflow", "prefect"] as const
/** Changes at 2:00, at midnight, and by half an hour. */
const zones = ["America/New_York", "America/Santiago", "Australia/Lord_Howe"]
const isNearChange = (cron: string) => /^\S+ [012*] /u.test(cron)
/** How each target says it, at its best; `*` stands for all others. */
const crons: Readonly<Record<string, Partial<Record<Target | "*", "exact" | "gated" | "left">>>> = {
  "0 19 * * *": { "*": "exact" },
  "30 2 * * *": {},
  "30 1 * * *": {},
  "*/30 * * * *": {},
  "*/15 1-3 * * *": {},
  "0 0 * * *": {},
  "15 12 1,15 * 5": { "*": "exact" },
  "15 12 1-7 * */2": { "*": "gated", systemd: "exact", cron: "exact" },
  "0 9 L * *": { "*": "gated", systemd: "exact" },
  "0 9 * * 5L": { "*": "gated", systemd: "exact" },
  "0 9 * jan,jul 5#2": { "*": "gated", systemd: "exact" },
  "30 0 12 * * *": { "*": "left", systemd: "exact" },
  "5/20 9,17 * * mon-fri": { "*": "exact" }
}
const read = (target: Target, context: ReturnType<typeof aContext>, files?: ReadonlyArray<DeployFile>) => {
  const { checked, problems } = deploymentOf(target, context, files)
  return { problems, how: checked.map(({ how }) => how), comparison: checked[0]?.comparison }
}
const inZone = (cron: string, timezone: string) => aContext({ p: [cron, { timezone }] }, { zone: timezone })

describe("a target (export-parse-back)", { timeout: 60_000 }, () => {
  for (const target of timed)
    it(`starts ${target} schedules at every time at which they are due, whatever clocks do`, () => {
      for (const [cron, expected] of Object.entries(crons))
        for (const zone of isNearChange(cron) ? zones : zones.slice(0, 1)) {
          const { how, problems } = read(target, inZone(cron, zone))
          expect([cron, zone, problems]).toEqual([cron, zone, []])
          const known = expected[target] ?? expected["*"] ?? how[0]
          expect([cron, zone, ...how]).toEqual([cron, zone, known])
        }
    })
  it("is exact through changes of the clock where it can name single times", () => {
    for (const cron of ["30 2 * * *", "*/30 * * * *"])
      expect(read("systemd", inZone(cron, "America/New_York")).how).toEqual(["exact"])
  })
  it("starts again after an hour that the clock skips", () => {
    const { files } = deploymentOf("kubernetes", inZone("30 2 * * 0", "America/New_York"))
    expect(files[0]!.text).toContain("schedule: 30 2 * * 0")
    expect(files[0]!.text).toContain("schedule: 30 3 * 3 0")
  })
  it("says sessions and moved holidays as every time at which one may be due", () => {
    for (const target of timed) {
      const sessions = aContext({
        p: ["session_close + 30m"],
        q: ["0 19 * * 1-5", { calendar: "XNYS", on_holiday: "next_session" }]
      })
      const { how, problems } = read(target, sessions)
      expect([target, problems, ...how]).toEqual([target, [], "gated", "gated"])
    }
  })
  it("starts every hour where it does not know the zone", () => {
    const context = aContext({ p: ["0 19 * * *", { timezone: "Asia/Kolkata" }] }, { zone: "Europe/Berlin" })
    expect(deploymentOf("cron", context).files[0]!.text).toMatch(/^30 \* \* \* \* cd /mu)
    expect(read("cron", context)).toMatchObject({ problems: [], how: ["gated"] })
    expect(read("systemd", context)).toMatchObject({ problems: [], how: ["exact"] })
  })
  it("is refused where a time would be missed and nothing catches it up", () => {
    const context = inZone("*/30 * * * *", "America/New_York")
    const strict = { ...context, schedules: context.schedules.map((spec) => ({ ...spec, catchUp: { _tag: "None" } as const })) }
    expect(read("prefect", strict).problems[0]).toMatch(/^p: prefect would not start it at \d+ of \d+ times, first /u)
    expect(read("kubernetes", strict).problems).toEqual([])
  })
})

describe("a file that somebody has changed", () => {
  const changed = (target: Target, cron: string, from: string | RegExp, to: string) => {
    const context = inZone(cron, "America/New_York")
    const files = deploymentOf(target, context).files.map((file) => ({ ...file, text: file.text.replace(from, to) }))
    return read(target, context, files).problems
  }
  it("is found where it starts at other times", () => {
    expect(changed("cron", "0 19 * * *", /^0 19 \* \* \*/mu, "0 20 * * 1")).not.toEqual([])
    expect(changed("launchd", "0 19 * * 1", "<integer>1</integer>", "<integer>2</integer>")).not.toEqual([])
    expect(changed("systemd", "30 2 * * 0", /^OnCalendar=2027.*\n/mu, "")).not.toEqual([])
    expect(changed("kubernetes", "0 19 * * 1", "timeZone: America/New_York", "timeZone: Asia/Tokyo")).not.toEqual([])
    expect(changed("airflow", "0 19 * * 1", 'cron": "0 19 * * 1"', 'cron": "0 19 * * 2"')).not.toEqual([])
    expect(changed("prefect", "0 19 * * 1", "cron: 0 19 * * 1", "cron: 0 19 1 * *")).not.toEqual([])
  })
  it("is found where it cannot be read", () => {
    expect(changed("launchd", "0 19 * * 1", "</dict>", "")).toEqual([expect.stringContaining("property list")])
    expect(changed("cron", "0 19 * * 1", /^0 19/mu, "0 99")).toEqual([expect.stringContaining("cannot be read")])
    expect(changed("systemd", "0 19 * * 1", "Unit=", "Unit=other-")).toEqual([expect.stringContaining("runs no schedule")])
  })
})
