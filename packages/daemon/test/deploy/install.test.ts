import { describe, expect, it } from "vitest"
import { deploymentOf, installSteps, isOwnedBy, removeSteps, type Step } from "../../src/deploy/index.ts"
import { theChain } from "./aContext.ts"

const machine = { uid: 501, homeFolder: "/home/ann", configFolder: "/home/ann/.config" }
const none = { files: [], crontab: "" }
const said = (steps: ReadonlyArray<Step>) =>
  steps.map((step) => (step._tag === "Run" ? step.words.join(" ") : `${step._tag} ${step.path}`))
const cronAfter = (steps: ReadonlyArray<Step>) => steps.flatMap((step) => (step._tag === "Run" ? [step.input] : [])).join()

describe("installing", () => {
  const context = theChain()
  it("gives systemd a timer and a service per schedule, as a user", () => {
    const { files } = deploymentOf("systemd", context)
    expect(said(installSteps("systemd", context, files, none, machine))).toEqual([
      ...files.map(({ path }) => `Write /home/ann/.config/systemd/user/${path}`),
      "systemctl --user daemon-reload",
      "systemctl --user enable --now tetra-tetra-p.timer tetra-tetra-q.timer tetra-tetra-r.timer"
    ])
    expect(said(installSteps("systemd", context, files, none, { ...machine, uid: 0 }))[0]).toMatch(
      /^Write \/etc\/systemd\/system\//u
    )
  })
  it("takes away what an earlier installation left", () => {
    const { files } = deploymentOf("systemd", context)
    const before = deploymentOf("systemd", { ...context, schedules: context.schedules.slice(0, 1) }).files
    expect(said(installSteps("systemd", context, before, { ...none, files }, machine)).slice(0, 2)).toEqual([
      "systemctl --user disable --now tetra-tetra-q.timer tetra-tetra-r.timer",
      "Remove /home/ann/.config/systemd/user/tetra-tetra-q.timer"
    ])
    expect(said(removeSteps("systemd", context, { ...none, files: before }, machine))).toEqual([
      "systemctl --user disable --now tetra-tetra-p.timer",
      "Remove /home/ann/.config/systemd/user/tetra-tetra-p.timer",
      "Remove /home/ann/.config/systemd/user/tetra-tetra-p.service",
      "systemctl --user daemon-reload"
    ])
  })
  it("boots the jobs of launchd anew, with the old command where the new one is unknown", () => {
    const { files } = deploymentOf("launchd", context)
    const steps = installSteps("launchd", context, files, { ...none, files }, machine)
    expect(said(steps)).toContain("launchctl bootout gui/501/com.tetra.daily")
    expect(steps.at(-1)).toMatchObject({ orElse: ["launchctl", "load", "-w", expect.stringContaining("com.tetra.weekly.plist")] })
  })
  it("changes only its own block of a crontab, and gives the rest back", () => {
    const mine = "MAILTO=ann\n5 4 * * * backup\n"
    const { files } = deploymentOf("cron", context)
    const once = cronAfter(installSteps("cron", context, files, { ...none, crontab: mine }, machine))
    expect(once.startsWith(mine)).toBe(true)
    expect(cronAfter(installSteps("cron", context, files, { ...none, crontab: once }, machine))).toBe(once)
    expect(cronAfter(removeSteps("cron", context, { ...none, crontab: once }, machine))).toBe(mine)
    expect(removeSteps("cron", context, { ...none, crontab: mine }, machine)).toEqual([])
  })
  it("knows its own files from those of a project in another folder", () => {
    const root = "/srv/te--tra"
    for (const target of ["launchd", "systemd"] as const) {
      const [file] = deploymentOf(target, { ...context, root }).files
      expect(isOwnedBy({ project: "tetra", root }, file!)).toBe(true)
      expect(isOwnedBy({ project: "tetra", root: "/srv/te" }, file!)).toBe(false)
    }
  })
})
