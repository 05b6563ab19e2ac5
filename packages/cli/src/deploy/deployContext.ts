/** What files of a target are made from, gathered from a project and this machine. */
import { realpathSync } from "node:fs"
import { basename, resolve } from "node:path"
import process from "node:process"
import { memoryMB, nearest, type Project, stateUrlOf } from "@tetra/core/engine"
import { isEmbedded } from "@tetra/core/storage"
import { type DeployContext, slug, type Style, type Target, targets } from "@tetra/daemon/deploy"
import { specsOf } from "@tetra/daemon/schedule"
import { Refusal } from "../failure.ts"
import { ownVersion } from "../ownVersion.ts"
import type { Call } from "../program.ts"
import { text } from "../project/open.ts"

/** What runs may go on for when the daemon is stopped. */
const drainSeconds = 25
const systemZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

export const targetOf = (word: string | undefined): Target => {
  const found = targets.find((target) => target === word)
  if (found !== undefined) return found
  const close = word === undefined ? undefined : nearest(word, targets)
  throw new Refusal(`there is no target "${word ?? ""}"`, {
    hint: close === undefined ? `one of ${targets.join(", ")}` : `did you mean \`tetra deploy ${close}\`?`
  })
}
const zoneOf = (call: Call): string => {
  const zone = text(call, "zone") ?? systemZone()
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    throw new Refusal(`--zone ${zone} is no zone`, { hint: 'use an IANA name such as "America/New_York"' })
  }
}
const styleOf = (call: Call, target: Target): Style => {
  const given = text(call, "style")
  if (given === "daemon" && (target === "cron" || target === "airflow" || target === "prefect"))
    throw new Refusal(`${target} keeps no daemon alive`, { hint: "launchd, systemd, kubernetes and docker do" })
  if (given !== undefined) return given === "daemon" ? "daemon" : "schedules"
  return target === "kubernetes" || target === "docker" ? "daemon" : "schedules"
}
export const deployContext = (call: Call, target: Target, project: Project): DeployContext => {
  const { config, configVersion, environment, home, root } = project
  const given = text(call, "config")
  const frequencies = config.pipeline_dependencies ?? {}
  const { cpu, memory } = config.resource_management ?? {}
  return {
    style: styleOf(call, target),
    version: ownVersion(),
    configVersion,
    project: slug(config.project ?? basename(root)),
    root,
    home,
    configFile: given === undefined ? undefined : resolve(given),
    environment,
    program: [process.execPath, realpathSync(process.argv[1]!)],
    zone: zoneOf(call),
    isSystemWide: process.getuid?.() === 0,
    hasDatabase: !isEmbedded(stateUrlOf(config)),
    drainSeconds,
    now: Date.now(),
    schedules: specsOf(project).map((spec) => ({ ...spec, frequency: frequencies[spec.pipeline]?.frequency })),
    share: (pipeline) => {
      const megabytes = memoryMB(memory?.[pipeline] ?? "")
      return {
        ...(cpu?.[pipeline] === undefined ? {} : { cpu: cpu[pipeline] }),
        ...(megabytes === undefined ? {} : { memoryMB: megabytes })
      }
    }
  }
}
