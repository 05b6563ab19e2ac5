/** How the daemon stands, for `tetra status` and whoever started it. */
import process from "node:process"
import { configVersions, Engine, type Ledger, localText, nextOccurrences, type Project } from "@tetra/core/engine"
import { Effect } from "effect"
import type { DaemonBody } from "../api/daemonGroup.ts"
import type { ServerFacts } from "../api/handlers.ts"
import { reloadBody } from "../api/reloadBody.ts"
import { safeKey, safeMode } from "../lifecycle/lives.ts"
import { specsOf } from "../schedule/index.ts"

/** Fires that are told ahead. */
const mostNext = 3

const nextOf = (project: Project, now: number): DaemonBody["next"] =>
  specsOf(project)
    .flatMap(({ id, timing }) =>
      nextOccurrences(timing, now, mostNext).map(({ at }) => ({ schedule: id, at, local: localText(timing.zone.localOf(at)) }))
    )
    .toSorted((a, b) => a.at - b.at)
    .slice(0, mostNext)

export const statusOf = (facts: ServerFacts): Effect.Effect<DaemonBody, never, Engine | Ledger> =>
  Effect.gen(function* () {
    const project = facts.reloader.project()
    const now = Date.now()
    const running = (yield* (yield* Engine).active).map(({ id }) => id)
    const { daemon } = yield* facts.health.document
    const safe = yield* Effect.orElseSucceed(safeMode.get(safeKey), () => undefined)
    const versions = yield* Effect.orElseSucceed(configVersions(project.home), () => [])
    const last = facts.reloader.last()
    return {
      state: facts.runs.isDraining() ? "draining" : safe === undefined ? "running" : "safe",
      pid: process.pid,
      instance: facts.instance,
      version: facts.version,
      uptime_seconds: Math.round(process.uptime()),
      http: facts.http ?? null,
      environment: project.environment ?? null,
      file: project.configFile ?? null,
      config: {
        hash: project.configVersion,
        number: versions.find(({ hash }) => hash === project.configVersion)?.number ?? null,
        last_reload: last === undefined ? null : reloadBody(last)
      },
      running,
      held: [...(safe === undefined ? [] : [safe.body.reason]), ...(daemon?.held ?? [])],
      outbox_oldest_seconds: daemon?.outbox_oldest_seconds ?? 0,
      streams: facts.hub.followers,
      next: nextOf(project, now)
    }
  })
