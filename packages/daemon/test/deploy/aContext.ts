import type { DeployContext } from "../../src/deploy/Target.ts"
import { specsOf } from "../../src/schedule/ScheduleSpec.ts"
import { aProject } from "../schedule/aSpec.ts"

export const now = Date.UTC(2026, 10, 22, 12)
type Written = Readonly<Record<string, readonly [cron: string, options?: object]>>

/** What is deployed in tests: schedules of New York on a machine there. */
export const aContext = (written: Written, more: Partial<DeployContext> = {}): DeployContext => ({
  style: "schedules",
  version: "1.2.3",
  configVersion: "0123456789ab",
  project: "tetra",
  root: "/srv/tetra",
  home: "/srv/tetra/.tetra",
  configFile: undefined,
  environment: undefined,
  program: ["/opt/node/bin/node", "/opt/tetra/bin/tetra.js"],
  zone: "America/New_York",
  isSystemWide: false,
  hasDatabase: false,
  drainSeconds: 25,
  now,
  schedules: specsOf(aProject(written)).map((spec) => ({ ...spec, frequency: undefined })),
  share: () => ({ cpu: 4, memoryMB: 8192 }),
  ...more
})
/** The schedules of the usual chain. */
export const theChain = (more: Partial<DeployContext> = {}): DeployContext => {
  const context = aContext({ p: ["0 19 * * *"], q: ["0 20 * * 0"], r: ["0 21 * * 0"] }, more)
  return {
    ...context,
    schedules: context.schedules.map((spec) => ({ ...spec, frequency: spec.id === "p" ? "daily" : "weekly" }))
  }
}
